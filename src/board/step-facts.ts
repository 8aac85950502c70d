import type { Persona } from "./persona.ts";
import type { WorkflowStep } from "./workflow.ts";

/** The session file that a step writes, below `sessions/<task>/`; null while the persona that says so is not known. */
export function outputOf(step: WorkflowStep, personas: ReadonlyMap<string, Persona>): string | null {
  if (step.output !== null) return step.output;
  if (step.personaFrom !== null) return null;
  if (step.persona === null) return `${step.id}.md`;
  return personas.get(step.persona)?.output ?? null;
}

/** Whether a step may change files; whoever is only named or dispatched later may, unless the step says otherwise. */
export function mayChangeFiles(step: WorkflowStep, personas: ReadonlyMap<string, Persona>): boolean {
  if (step.mutates !== null) return step.mutates;
  if (step.personaFrom !== null || step.expand !== null) return true;
  return step.persona !== null && personas.get(step.persona)?.mutates === true;
}

import type { Finding } from "./finding.ts";
import { globsOverlap } from "./globs.ts";
import type { Persona } from "./persona.ts";
import { foldName } from "./portable-name.ts";
import { isSessionOutput, SESSION_OUTPUT } from "./session-output.ts";
import { mayChangeFiles, outputOf } from "./step-facts.ts";
import { ancestorsOf } from "./step-order.ts";
import { didYouMean } from "./suggest.ts";
import type { Workflow, WorkflowStep } from "./workflow.ts";

type Personas = ReadonlyMap<string, Persona>;

/**
 * What is wrong with a workflow among the personas and skills there are: those it names and that are missing, two steps that
 * write one file once it is known who does them, and, as a warning, steps that may change the same files at once.
 */
export function workflowProblems(workflow: Workflow, personas: Personas, skills: ReadonlySet<string>): Finding[] {
  const { path, steps, roundRobin } = workflow;
  return [
    ...(roundRobin?.personas ?? []).flatMap((it) => missingPersona(path, roundRobin?.line ?? null, it, personas)),
    ...steps.flatMap((step) => [
      ...(step.persona === null ? [] : missingPersona(path, step.line, step.persona, personas)),
      ...step.skills.flatMap((it) => missingSkill(path, step, it, skills)),
    ]),
    ...outputs(workflow, personas),
    ...sameFiles(workflow, personas),
  ];
}

function missingPersona(path: string, line: number | null, name: string, personas: Personas): Finding[] {
  if (personas.has(name)) return [];
  const message = `names persona ${name}, and there is no usable personas/${name}.md${didYouMean(name, personas.keys())}`;
  const hint = "Name a file of personas/, without `.md`.";
  return [{ path, line, severity: "error", code: "PERSONA_UNKNOWN", message, hint }];
}

function missingSkill(path: string, { line }: WorkflowStep, name: string, skills: ReadonlySet<string>): Finding[] {
  if (skills.has(name)) return [];
  const message = `names skill ${name}, and there is no personas/skills/${name}/SKILL.md${didYouMean(name, skills)}`;
  return [problem(path, line, message, "Name a folder of personas/skills/.")];
}

function outputs({ path, steps }: Workflow, personas: Personas): Finding[] {
  const writers = new Map<string, string>();
  return steps.flatMap((step) => {
    const output = outputOf(step, personas);
    if (output === null) return [];
    const other = writers.get(foldName(output));
    writers.set(foldName(output), step.id);
    const hint = "Give the step an `output`.";
    if (other !== undefined)
      return [problem(path, step.line, `the steps ${other} and ${step.id} both write ${output}`, hint)];
    if (isSessionOutput(output)) return [];
    return [problem(path, step.line, `the step ${step.id} would write ${output}; expected ${SESSION_OUTPUT}`, hint)];
  });
}

function sameFiles({ path, steps }: Workflow, personas: Personas): Finding[] {
  const ancestors = ancestorsOf(steps);
  const conditions = conditionsOf(steps);
  const changing = steps.filter((it) => mayChangeFiles(it, personas));
  return changing.flatMap((step, index) => {
    const beside = changing.slice(0, index).filter((other) => {
      const isBehind = ancestors.get(step.id)?.has(other.id) === true || ancestors.get(other.id)?.has(step.id) === true;
      return !isBehind && !areExclusive(conditions.get(step.id), conditions.get(other.id)) && mayMeet(step, other);
    });
    if (beside.length === 0) return [];
    const names = [...beside, step].map(({ id }) => id).join(" and ");
    const message = `the steps ${names} may change the same files and do not need each other: they run one after another, in no order that the file says`;
    const hint = "Let one need the other, or give both `touches` that do not overlap.";
    return [{ ...problem(path, step.line, message, hint), severity: "warning" as const }];
  });
}

function mayMeet(a: WorkflowStep, b: WorkflowStep): boolean {
  return a.touches.length === 0 || b.touches.length === 0 || globsOverlap(a.touches, b.touches);
}

type Conditions = ReadonlyMap<string, ReadonlySet<string>>;

/** By step: the verdicts without which it is never run. One that is skipped holds up nobody unless it is all that is needed. */
function conditionsOf(ordered: readonly WorkflowStep[]): Map<string, Conditions> {
  const all = new Map<string, Conditions>();
  for (const { id, needs, when } of ordered) {
    const [first, ...others] = needs.map((need) => all.get(need) ?? new Map<string, ReadonlySet<string>>());
    const shared = [...(first ?? [])].flatMap(([name, words]) => {
      const theirs = others.map((it) => it.get(name));
      if (theirs.includes(undefined)) return [];
      return [[name, new Set([...words, ...theirs.flatMap((it) => [...(it ?? [])])])] as const];
    });
    const own = Object.entries(when).map(([name, words]) => [name, new Set(words)] as const);
    all.set(id, new Map([...shared, ...own]));
  }
  return all;
}

function areExclusive(a: Conditions = new Map(), b: Conditions = new Map()): boolean {
  return [...a].some(([name, words]) => {
    const others = b.get(name);
    return others !== undefined && ![...words].some((it) => others.has(it));
  });
}

function problem(path: string, line: number | null, message: string, hint: string): Finding {
  return { path, line, severity: "error", code: "WORKFLOW_INVALID", message, hint };
}

import type { Finding } from "../board/finding.ts";
import type { Persona } from "../board/persona.ts";
import { didYouMean } from "../board/suggest.ts";
import type { Task } from "../board/task.ts";
import type { Workflow } from "../board/workflow.ts";
import type { ActiveBoard } from "./board-index.ts";
import { oneLine } from "./one-line.ts";

/** One persona's part in a task, with the session file it writes. */
export type Step = { name: string; persona: Persona; output: string };

/** The one step of the workflow `solo`. */
export const WORK_STEP = "work";

const SOLO = "solo";
const DEFAULT_PERSONA = "engineer";

/** The workflow of a task with several steps; null when it has one step, which `stepsOf` tells. */
export function workflowOf(task: Task, { settings, snapshot }: ActiveBoard): Workflow | { problem: string } | null {
  const name = workflowNameOf(task, settings.defaultWorkflow);
  if (name === SOLO) return null;
  const workflow = snapshot.workflows.get(name);
  if (workflow !== undefined) return workflow;
  const path = `personas/workflows/${name}.md`;
  const broken = snapshot.findings.find((it) => it.path === path && it.severity === "error");
  if (broken !== undefined) return { problem: oneLine(`the workflow's file is broken: ${path}: ${broken.message}`) };
  const known = [...new Set([SOLO, ...snapshot.workflows.keys()])].toSorted();
  return { problem: oneLine(`unknown workflow "${name}"${didYouMean(name, known)}; known: ${known.join(", ")}`) };
}

/** The one step of a task without a workflow, or why it cannot be known. */
export function stepsOf(task: Task, board: ActiveBoard): { steps: readonly [Step] } | { problem: string } {
  const workflow = workflowOf(task, board);
  if (workflow !== null && "problem" in workflow) return workflow;
  const [only] = board.snapshot.workflows.get(SOLO)?.steps ?? [];
  const name = task.persona ?? only?.persona ?? DEFAULT_PERSONA;
  const persona = board.snapshot.personas.get(name);
  if (persona === undefined) return { problem: missingPersona(name, board.snapshot.findings) };
  return { steps: [{ name: WORK_STEP, persona, output: persona.output }] };
}

/** The workflow a task is done by, whether there is such a one or not. Who names a persona wants that one and nobody else. */
export function workflowNameOf(task: Task, defaultWorkflow: string): string {
  return task.workflow ?? (task.persona === null ? defaultWorkflow : SOLO);
}

/** What is wrong with a persona that is not there. */
export function missingPersona(name: string, findings: readonly Finding[]): string {
  const path = `personas/${name}.md`;
  const broken = findings.find((it) => it.path === path && it.severity === "error");
  if (broken !== undefined) return oneLine(`the persona's file is broken: ${path}: ${broken.message}`);
  return oneLine(`unknown persona "${name}": there is no ${path}`);
}

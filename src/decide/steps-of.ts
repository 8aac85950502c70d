import type { Finding } from "../board/finding.ts";
import type { Persona } from "../board/persona.ts";
import type { Task } from "../board/task.ts";
import type { ActiveBoard } from "./board-index.ts";
import { oneLine } from "./one-line.ts";

/** One persona's part in a task, with the session file it writes. */
export type Step = { name: string; persona: Persona; output: string };

/** The one step of the workflow `solo`. */
export const WORK_STEP = "work";

const SOLO = "solo";
const DEFAULT_PERSONA = "engineer";

/** The steps a task goes through, in order, or why they cannot be known. */
export function stepsOf(task: Task, board: ActiveBoard): { steps: readonly [Step] } | { problem: string } {
  const workflow = task.workflow ?? (task.persona === null ? board.settings.defaultWorkflow : SOLO);
  if (workflow !== SOLO) return { problem: oneLine(`unknown workflow "${workflow}"; known: ${SOLO}`) };
  const name = task.persona ?? DEFAULT_PERSONA;
  const persona = board.snapshot.personas.get(name);
  if (persona === undefined) return { problem: missingPersona(name, board.snapshot.findings) };
  return { steps: [{ name: WORK_STEP, persona, output: persona.output }] };
}

function missingPersona(name: string, findings: readonly Finding[]): string {
  const path = `personas/${name}.md`;
  const broken = findings.find((it) => it.path === path && it.severity === "error");
  if (broken !== undefined) return oneLine(`the persona's file is broken: ${path}: ${broken.message}`);
  return oneLine(`unknown persona "${name}": there is no ${path}`);
}

import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { formatDecisionLine } from "../board/decision-line.ts";
import { LANES } from "../board/lane.ts";
import { type KnownTask, type PlacedSubtask, placeSubtasks } from "../board/place-subtasks.ts";
import { readSubtasks } from "../board/read-subtasks.ts";
import { formatSubtask } from "../board/subtask-file.ts";
import { goalTasksOf } from "../board/task-values.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { KanbandError } from "../errors.ts";
import { createFileDurably } from "../files/durable.ts";
import { readRegularFile } from "./board-file.ts";
import { noteDecision } from "./decisions.ts";
import { isPassing } from "./is-passing.ts";
import type { RunFacts } from "./run-facts.ts";
import type { World } from "./world.ts";

/**
 * Makes files of the tasks that a message proposes: in `backlog/`, where nothing starts, or in `planned/` at trust `auto`. What
 * is there already stays; a line of `decisions.md` tells what came of each. Doing it again changes nothing.
 */
export function makeSubtasks(
  world: World,
  facts: Pick<RunFacts, "taskId" | "step" | "attempt">,
  message: string,
  snapshot: Pick<Snapshot, "tasks" | "personas" | "branches">,
): void {
  const { subtasks, problems } = readSubtasks(message);
  if (subtasks.length === 0 && problems.length === 0) return;
  const { taskId, step, attempt } = facts;
  const { tasks, personas } = snapshot;
  const known = knownTasks(taskId, snapshot);
  const place = { parent: taskId, proposedBy: `${step}/${attempt}` };
  const { placed, left, notes } = placeSubtasks(place, subtasks, { known, personas: new Set(personas.keys()) });
  const lane = world.settings().trust === "auto" ? "planned" : "backlog";
  const made: string[] = [];
  const unmade: string[] = [];
  for (const it of placed) {
    const isMade = tasks.some(({ id }) => id === it.id);
    const problem = isMade ? null : makeFile(world, lane, place, it);
    if (problem === null) made.push(it.id);
    else unmade.push(`"${it.subtask.title}"${problem}`);
  }
  const out = [...left, ...unmade];
  const text = [
    made.length === 0 ? "no new task" : `${made.length} in ${lane}/: ${made.join(", ")}`,
    ...(out.length === 0 ? [] : [`${out.length} left out: ${out.join("; ")}`]),
    ...notes,
    ...problems,
  ].join("; ");
  noteDecision(world, taskId, formatDecisionLine({ at: world.clock(), step, attempt, kind: "subtasks", text }));
}

// Of most tasks in done/ nothing is read but the name; the file of their goal tells which are its own.
function knownTasks(goal: string, { tasks, branches }: Pick<Snapshot, "tasks" | "branches">): KnownTask[] {
  const named = goalTasksOf(tasks.find(({ id }) => id === goal)?.task ?? null);
  return tasks.map(({ id, task }) => {
    const parent = task === null && named.includes(id) ? goal : (task?.parent ?? null);
    const { title = null, proposedBy = null, dependencies = [] } = task ?? {};
    return { id, title, parent, proposedBy, dependencies, isGoal: !branches.has(id) };
  });
}

/** Null once it is made; else why it is not, as the end of a sentence about it. */
function makeFile(
  world: World,
  lane: string,
  place: { parent: string; proposedBy: string },
  { id, subtask, dependencies }: PlacedSubtask,
): string | null {
  // Another task may have proposed the same since the board was looked at, and it may have been moved on since.
  const isThere = ` is there already: ${id}`;
  const places = [`sessions/${id}`, ...LANES.map((it) => `board/${it}/${id}.md`)];
  const file = formatSubtask(subtask, { ...place, dependencies });
  if ("problem" in file) return `: ${file.problem}`;
  const path = join(world.boardRoot, "board", lane, `${id}.md`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    if (readRegularFile(path)?.toString("utf8") === file.text) return null;
    if (places.some((it) => existsSync(join(world.boardRoot, it)))) return isThere;
    createFileDurably(path, file.text);
    return null;
  } catch (error) {
    if (error instanceof KanbandError && error.code === "FILE_EXISTS") return isThere;
    // What is wrong with one of them for good must not keep the step from its end.
    if (isPassing(error)) throw error;
    return `: ${error instanceof Error ? error.message : String(error)}`;
  }
}

import { LANES, type Lane } from "../../board/lane.ts";
import { goneWork } from "../../decide/gone-work.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";

/** How far the work has come, in tasks. What is parked in the backlog is no work yet. */
export type Progress = {
  total: number;
  /** Accepted, and reachable from the base where there was something to merge. */
  done: number;
  /** Accepted, and not merged yet. */
  accepted: number;
};

/** Whether a task is done as git has it: in `done/`, with no branch, nor a lost one, that the base does not hold. */
export function isDone(view: TaskView, snapshot: Pick<Snapshot, "branches" | "cycles" | "gone" | "settings">): boolean {
  const { id, lane } = view;
  const isMerged = snapshot.branches.get(id)?.isMerged !== false && goneWork(view, snapshot) === null;
  return lane === "done" && !snapshot.cycles.has(id) && isMerged;
}

/** Counts what is done, and what is not yet. */
export function progressOf(snapshot: Snapshot): Progress {
  const counts = countLanes(snapshot);
  const total = LANES.reduce((sum, lane) => sum + (lane === "backlog" ? 0 : counts[lane]), 0);
  const done = snapshot.tasks.filter((view) => isDone(view, snapshot)).length;
  return { total, done, accepted: counts.done - done };
}

/** Counts of tasks by lane. */
export function countLanes({ tasks }: Snapshot): Record<Lane, number> {
  const counts = Object.fromEntries(LANES.map((lane) => [lane, 0])) as Record<Lane, number>;
  for (const { lane } of tasks) counts[lane] += 1;
  return counts;
}

import { lowerNames } from "../board/stack.ts";
import type { Board } from "./board-index.ts";
import { historyOf, isOutdated } from "./history.ts";
import type { TaskView } from "./snapshot.ts";

/** The tasks whose branches this one starts from while they are not merged: its base, and with `stack: true` its dependencies. */
export function lowersOf({ id, task }: TaskView, board: Board): readonly string[] {
  if (task === null) return [];
  const ids = lowerNames(task).flatMap((name) => onlyOne(name, board) ?? []);
  return [...new Set(ids)].filter((it) => it !== id);
}

/** The task whose branch this one names as its base; null when `base` names none, or a branch. */
export function baseTask({ id, task }: TaskView, board: Board): string | null {
  const base = task?.base == null ? null : onlyOne(task.base, board);
  return base === id ? null : base;
}

/** Whether another task may stand on the branch of this one: it is finished and checked, and nothing is at work on it. */
export function isOffered(id: string, board: Board): boolean {
  const views = board.views.get(id) ?? [];
  const { branches, cycles } = board.snapshot;
  if (views.length !== 1 || !branches.has(id) || cycles.has(id)) return false;
  if (board.jobs.get(id)?.includes("restack") === true) return false;
  // Merging it leaves its branch where it is.
  if (views[0]?.lane === "done") return true;
  return views[0]?.lane === "for_review" && !board.runs.has(id) && !isOutdated(historyOf(board, id));
}

function onlyOne(name: string, { idsByName }: Board): string | null {
  const ids = idsByName.get(name) ?? [];
  return ids.length === 1 ? (ids[0] ?? null) : null;
}

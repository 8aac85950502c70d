import type { Session } from "../board/session.ts";
import type { ActiveBoard } from "./board-index.ts";
import { unmergedDependencies } from "./dependencies.ts";
import { historyOf } from "./history.ts";
import { lacksSetup } from "./merge-again.ts";
import { currentMerge } from "./merge-record.ts";
import type { TaskView } from "./snapshot.ts";

/** One task of a batch, with those of the batch that have to be merged before it. */
export type BatchEntry = { view: TaskView; after: readonly string[] };

/**
 * The tasks that are merged next, together, in this order: what others depend on first, then by acceptance. One whose merge
 * waits, as for unsaved changes in a checkout, has a turn of its own: nobody is to wait with it. Empty: none may be merged yet.
 */
export function nextBatch(due: readonly TaskView[], board: ActiveBoard): readonly BatchEntry[] {
  // Where the worktree could not be set up, one is enough to find out whether it can be by now.
  const untried = due.find(
    (view) => lacksSetup(mergeOf(view, board)) && unmergedDependencies(view, board).length === 0,
  );
  if (untried !== undefined) return [{ view: untried, after: [] }];
  const batch: BatchEntry[] = [];
  const taken = new Set<string>();
  let rest = inMergeOrder(due);
  while (batch.length < Math.max(1, board.settings.mergeBatch)) {
    const next = rest.find((view) => unmergedDependencies(view, board).every((id) => taken.has(id)));
    if (next === undefined) break;
    rest = rest.filter((view) => view !== next);
    if (isWaiting(next, board)) {
      if (batch.length === 0) return [{ view: next, after: [] }];
      continue;
    }
    batch.push({ view: next, after: unmergedDependencies(next, board) });
    taken.add(next.id);
  }
  return batch;
}

function isWaiting(view: TaskView, board: ActiveBoard): boolean {
  return mergeOf(view, board)?.verdict === "waiting";
}

function mergeOf(view: TaskView, board: ActiveBoard): Session | null {
  return currentMerge(view, historyOf(board, view.id).merge, board);
}

function inMergeOrder(views: readonly TaskView[]): TaskView[] {
  return views.toSorted((a, b) => {
    const byTime = (a.enteredAt ?? Number.MAX_SAFE_INTEGER) - (b.enteredAt ?? Number.MAX_SAFE_INTEGER);
    return byTime !== 0 ? byTime : a.id < b.id ? -1 : 1;
  });
}

import type { Session } from "../board/session.ts";
import type { ActiveBoard } from "./board-index.ts";
import { historyOf } from "./history.ts";
import { formatSecond } from "./instant.ts";
import { currentMerge, isMergedForGood } from "./merge-record.ts";
import { oneLine } from "./one-line.ts";
import { lookAgain, type Plan } from "./plan.ts";
import type { TaskView } from "./snapshot.ts";

/** A merge that waits, for a checkout with unsaved changes for instance, is tried again after so long. */
const MERGE_AGAIN_MS = 2_000;

/** Why a merge that was tried is not tried again right now; null: it may be. `merge`: its record, as it still holds. */
export function restAfterMerge(view: TaskView, merge: Session, board: ActiveBoard, plan: Plan): string | null {
  const at = againAt(view, merge, board);
  if (board.now >= at) return null;
  const wait = `its merge waits: ${merge.reason ?? "the checkout has unsaved changes"}; tried again`;
  // Nobody is kept up by it: it may well take a person, and each look of the daemon asks for it.
  if (lacksSetup(merge)) return oneLine(`${wait} when board/board.md changes, or after ${formatSecond(at)}`);
  lookAgain(plan, board.now, at);
  return oneLine(`${wait} at ${formatSecond(at)}`);
}

/** Whether a merge could not even be tried, since no worktree could be set up for it: that is no fault of its task. */
export function lacksSetup(merge: Session | null): boolean {
  return merge?.verdict === "waiting" && merge.failure === "setup";
}

/** The accepted task whose merge rests because no worktree could be set up: what is behind it would fail alike. */
export function restsForSetup(board: ActiveBoard): TaskView | undefined {
  return board.byLane.done.find((view) => {
    if (!board.snapshot.branches.has(view.id) || isMergedForGood(view.id, board)) return false;
    const merge = currentMerge(view, historyOf(board, view.id).merge, board);
    return merge !== null && lacksSetup(merge) && board.now < againAt(view, merge, board);
  });
}

function againAt(view: TaskView, merge: Session, board: ActiveBoard): number {
  const { settings, snapshot } = board;
  if (!lacksSetup(merge)) return lastTryOf(view, merge, board) + MERGE_AGAIN_MS;
  return merge.settingsBlob === snapshot.settingsBlob ? lastTryOf(view, merge, board) + settings.retry.maxMs : 0;
}

// Its record is as old as its reason. A clock that was put back must not make it wait for the old time to come again.
function lastTryOf({ id }: TaskView, merge: Session, { snapshot, now }: ActiveBoard): number {
  const triedAt = snapshot.branches.get(id)?.triedAt ?? 0;
  return Math.max(merge.finishedAt ?? 0, triedAt > now ? 0 : triedAt);
}

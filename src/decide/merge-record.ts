import type { Session } from "../board/session.ts";
import type { Board } from "./board-index.ts";
import { historyOf } from "./history.ts";
import type { TaskView } from "./snapshot.ts";

/**
 * The record of a merge, if it speaks of the task as it is now: this attempt, this tip, this stay in `done/`. Any other
 * record is history, and the merge is tried afresh.
 */
export function currentMerge(view: TaskView, merge: Session | null, board: Board): Session | null {
  if (merge === null || merge.state === "running" || merge.state === "stopped") return null;
  const attempt = view.task?.attempt ?? merge.attempt;
  const tip = board.snapshot.branches.get(view.id)?.sha ?? merge.commitSha;
  if (merge.attempt !== attempt || (merge.commitSha !== null && merge.commitSha !== tip)) return null;
  // A move that is not committed yet came after everything that is recorded.
  if (view.headPath !== view.path) return null;
  const finishedAt = merge.finishedAt ?? 0;
  return view.enteredAt !== null && finishedAt < view.enteredAt ? null : merge;
}

/**
 * Whether the base holds a task's branch and that is all there is to it. A commit that its checks refuted may have come in with
 * the branch of another task: it is closed by whoever accepts it although they did, as if it were merged now.
 */
export function isMergedForGood(id: string, board: Board): boolean {
  const { branches, settings } = board.snapshot;
  const branch = branches.get(id);
  if (branch?.isMerged !== true) return false;
  const { checks, merge } = historyOf(board, id);
  const isOfTip = (it: Session | null): boolean => it?.commitSha === branch.sha;
  // Whoever merges by hand has decided.
  if (checks?.verdict !== "must-fix" || !isOfTip(checks) || settings?.merge === "manual") return true;
  return merge?.verdict === "merged" && isOfTip(merge);
}

import { LOST } from "../board/landed.ts";
import type { Board } from "./board-index.ts";
import { historyOf } from "./history.ts";
import { currentMerge } from "./merge-record.ts";
import type { LostLanding } from "./snapshot.ts";

/**
 * The merge of a task that is lost, as long as nobody has dealt with it; null: none is. It is dealt with once `merge.md` says
 * so, and is history once another tip was merged.
 */
export function openLoss(id: string, board: Board): LostLanding | null {
  const lost = board.snapshot.landed.lost.get(id) ?? unnotedLoss(id, board);
  if (lost === null) return null;
  const { merge } = historyOf(board, id);
  if (merge?.verdict === LOST && merge.mergedAs === lost.sha) return null;
  return merge?.verdict === "merged" && merge.commitSha !== lost.tip ? null : lost;
}

/** The merge of an accepted task that its record tells of, and the base has not: somebody took it away before it was noted. */
function unnotedLoss(id: string, board: Board): LostLanding | null {
  const { branches, areAgesKnown } = board.snapshot;
  const branch = branches.get(id);
  if (branch?.isMerged !== false) return null;
  const { merge } = historyOf(board, id);
  const view = board.views.get(id)?.find(({ lane }) => lane === "done");
  if (merge?.verdict !== "merged" || merge.mergedAs == null || merge.commitSha !== branch.sha) return null;
  // Who accepted it again since then wants it merged.
  if (view === undefined || (view.enteredAt === null && !areAgesKnown)) return null;
  return currentMerge(view, merge, board) === null ? null : { sha: merge.mergedAs, tip: branch.sha, revertedBy: null };
}

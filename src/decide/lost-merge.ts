import { LOST } from "../board/landed.ts";
import type { Board } from "./board-index.ts";
import { historyOf } from "./history.ts";
import type { LostLanding } from "./snapshot.ts";

/**
 * The merge of a task that is lost, as long as nobody has dealt with it; null: none is. It is dealt with once `merge.md` says so, and
 * is history once another tip was merged.
 */
export function openLoss(id: string, board: Board): LostLanding | null {
  const lost = board.snapshot.landed.lost.get(id);
  if (lost === undefined) return null;
  const { merge } = historyOf(board, id);
  if (merge?.verdict === LOST && merge.mergedAs === lost.sha) return null;
  return merge?.verdict === "merged" && merge.commitSha !== lost.tip ? null : lost;
}

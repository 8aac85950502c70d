import { blockEdit } from "./block.ts";
import { type ActiveBoard, isEditable } from "./board-index.ts";
import { goneWork } from "./gone-work.ts";
import { openLoss } from "./lost-merge.ts";
import { addEdit, addReason, type Plan } from "./plan.ts";

/** Sends accepted tasks to `blocked/`, once, whose branch is gone with work that the base does not have. */
export function decideGone(board: ActiveBoard, plan: Plan): void {
  for (const view of board.byLane.done) {
    const reason = goneWork(view, board.snapshot);
    if (reason === null || openLoss(view.id, board) !== null || board.jobs.has(view.id) || board.runs.has(view.id))
      continue;
    if (isEditable(board, view)) addEdit(plan, blockEdit(view, board, reason));
    addReason(plan, view.id, reason);
  }
}

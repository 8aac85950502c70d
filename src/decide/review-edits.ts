import { type Claim, formatClaims } from "../board/claim.ts";
import type { Persona } from "../board/persona.ts";
import { reviewClaimOf } from "../board/review-claim.ts";
import type { Session } from "../board/session.ts";
import type { Edit } from "./action.ts";
import { blockEdit } from "./block.ts";
import type { ActiveBoard, EditableView } from "./board-index.ts";
import { spentAfter } from "./budgets.ts";
import { costTrailer } from "./cost-trailer.ts";
import { editOf } from "./edit-of.ts";
import { oneLine } from "./one-line.ts";
import type { Subject } from "./review-record.ts";
import { reviewWords, titlesOf } from "./review-words.ts";

/** Gives a review to a slot. The file stays where it is; what an earlier run of it cost is counted in the same edit. */
export function claimReview(view: EditableView, claim: Claim, persona: Persona, board: ActiveBoard): Edit | null {
  return editOf(view, {
    // Where it has a claim already, the next run goes on in its slot.
    intent: reviewClaimOf(view.task.assigned) === null ? "assign" : "again",
    set: [
      ["assigned", formatClaims([claim])],
      ["spent_usd", spentAfter(view, board)],
    ],
    subject: oneLine(`Assign the review of ${view.id} to slot ${claim.slot}`, 72),
    trailers: [["Persona", persona.id], ["Slot", claim.slot], ...costTrailer(view, board)],
  });
}

/** Ends the claim of a review; `over`: the record of what it came to, null where it is put off or not wanted any more. */
export function endReview(view: EditableView, over: Session | null, board: ActiveBoard): Edit | null {
  const words = over === null ? null : reviewWords(over);
  return editOf(view, {
    intent: "requeue",
    set: [
      ["assigned", null],
      ["spent_usd", spentAfter(view, board)],
    ],
    subject: oneLine(over === null ? `Put off the review of ${view.id}` : `Record the review of ${view.id}`, 72),
    trailers: costTrailer(view, board),
    notice: words === null ? null : { event: "for_review", taskId: view.id, message: `${view.id}: ${words}` },
  });
}

/** Gives a task back to be mended, or blocks it once that was done as often as the settings allow. */
export function sendBack(view: EditableView, record: Session, { work }: Subject, board: ActiveBoard): Edit | null {
  const reworks = work?.reworks ?? 0;
  if (reworks >= board.settings.rework.limit) {
    const who = record.persona ?? "its reviewer";
    return blockEdit(view, board, `${who} says must-fix after ${reworks} reworks: ${titlesOf(record)}`);
  }
  return editOf(view, {
    intent: "requeue",
    toLane: "doing",
    set: [
      ["assigned", null],
      ["spent_usd", spentAfter(view, board)],
      ["blocked", null],
      ["stale", null],
    ],
    subject: oneLine(`Send ${view.id} back to mend what its review found`, 72),
    trailers: costTrailer(view, board),
  });
}

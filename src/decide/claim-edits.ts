import { branchOf } from "../board/branch.ts";
import { slotsOfAssigned } from "../board/claim.ts";
import type { Edit } from "./action.ts";
import type { Board, EditableView } from "./board-index.ts";
import { spentAfter } from "./budgets.ts";
import { costTrailer } from "./cost-trailer.ts";
import { editOf } from "./edit-of.ts";
import { oneLine } from "./one-line.ts";

/** Gives up the slot of a task that stays in `doing/`, to be assigned again when its time comes. */
export function laterEdit(view: EditableView, board: Board): Edit | null {
  return editOf(view, {
    intent: "requeue",
    set: [
      ["assigned", null],
      ["spent_usd", spentAfter(view, board)],
    ],
    subject: `Take ${view.id} from slot ${view.task.assigned ?? ""}, to be tried later`,
    trailers: costTrailer(view, board),
  });
}

/** Drops a claim that says nothing any more: a person moved the task back into `doing/`, which starts a new chain. */
export function forgetEdit(view: EditableView, board: Board): Edit | null {
  return editOf(view, {
    intent: "requeue",
    set: [
      ["assigned", null],
      ["attempt", null],
      ["spent_usd", spentAfter(view, board)],
      ["blocked", null],
    ],
    subject: `Queue ${view.id} again`,
  });
}

/** Puts the branch and the attempt of a claim right. */
export function mendEdit(view: EditableView, attempt: number): Edit | null {
  return editOf(view, {
    intent: "normalise",
    set: [
      ["branch", branchOf(view.id)],
      ["attempt", attempt],
    ],
    subject: `Put the keys of ${view.id} right`,
  });
}

/** Moves on to the next attempt in the same slot. */
export function againEdit(view: EditableView, board: Board, attempt: number, why: string): Edit | null {
  return editOf(view, {
    intent: "again",
    set: [
      ["attempt", attempt + 1],
      ["spent_usd", spentAfter(view, board)],
    ],
    subject: oneLine(`Start attempt ${attempt + 1} of ${view.id}: ${why}`, 72),
    trailers: [["Slot", view.task.assigned ?? ""], ...costTrailer(view, board)],
  });
}

/** Hands a finished and checked task to a person. `why`: how it came to its end, where that is not by its last step. */
export function reviewEdit(view: EditableView, board: Board, why: string | null = null): Edit | null {
  const message = `${view.id} is finished and checked: ${view.task.title}`;
  return editOf(view, {
    intent: "review",
    toLane: "for_review",
    set: [
      ["assigned", null],
      ["spent_usd", spentAfter(view, board)],
      ["stale", null],
    ],
    subject: why === null ? `Hand ${view.id} over for review` : oneLine(`Hand ${view.id} over for review: ${why}`, 100),
    trailers: [
      ...slotsOfAssigned(view.task.assigned).map((slot) => ["Slot", slot] as const),
      ...costTrailer(view, board),
    ],
    notice: {
      event: "for_review",
      taskId: view.id,
      message: why === null ? message : `${view.id}: ${why}; \`kanband why ${view.id}\` lists what came of it`,
    },
  });
}

/** Gives an accepted or finished task back to be mended. */
export function sendBackEdit(view: EditableView, subject: string): Edit | null {
  return editOf(view, {
    intent: "requeue",
    toLane: "doing",
    set: [
      ["assigned", null],
      ["blocked", null],
      ["stale", null],
    ],
    subject,
  });
}

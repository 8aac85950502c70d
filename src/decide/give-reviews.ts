import type { Claim } from "../board/claim.ts";
import type { Persona } from "../board/persona.ts";
import { REVIEW_STEP } from "../board/review-claim.ts";
import type { SlotSettings } from "../config/settings.ts";
import type { EditableView } from "./board-index.ts";
import { taskBudgetReason, withSpent } from "./budgets.ts";
import { agentChain } from "./choose-agent.ts";
import { allowanceOf, giveOut } from "./given-out.ts";
import { addEdit, addReason, lookAgain, type Plan } from "./plan.ts";
import { inQueueOrder } from "./queue.ts";
import { claimReview } from "./review-edits.ts";
import { type SlotFits, slotFits } from "./slot-fit.ts";
import { describeHolders } from "./slots.ts";
import type { Starts } from "./starts.ts";

/** A review that may begin; `say` tells on its task why it does not. */
export type DueReview = { view: EditableView; persona: Persona; attempt: number; say: (why: string) => void };

/**
 * Gives reviews to free slots, before anything new is begun: what is finished must not wait for it. The limits of lanes do not
 * count here, since a review brings no task into one.
 */
export function giveReviews(due: readonly DueReview[], starts: Starts, plan: Plan): void {
  if (due.length === 0) return;
  const { board, stopped } = starts;
  lookAgain(plan, board.now, stopped?.until ?? null);
  for (const { until } of starts.parked.values()) lookAgain(plan, board.now, until);
  const fits = slotFits(board, starts.parked);
  for (const review of inQueueOrder(due)) {
    const found = stopped === null ? slotFor(review, fits, starts) : { reason: stopped.line };
    if ("reason" in found) review.say(`its review by ${review.persona.id} waits: ${found.reason}`);
    else give(review, found.slot, starts, plan);
  }
}

function slotFor(
  { view, persona }: DueReview,
  fits: SlotFits,
  starts: Starts,
): { slot: SlotSettings } | { reason: string } {
  const { board, holders } = starts;
  const budget = taskBudgetReason(view.task, view.task.spentUsd, board);
  if (budget !== null) return { reason: budget };
  const fit = fits(view.task, persona);
  if ("reason" in fit) return fit;
  const slot = fit.slots.find(({ name }) => !holders.has(name));
  if (slot === undefined) return { reason: `no free slot: ${describeHolders(fit.slots, holders)}` };
  const allowance = allowanceOf(withSpent(view, board), agentChain(view.task, persona, slot, board), starts);
  if ("reason" in allowance) return allowance;
  giveOut(starts.givenOut, view.id, allowance.capUsd ?? 0);
  return { slot };
}

function give({ view, persona, attempt }: DueReview, slot: SlotSettings, starts: Starts, plan: Plan): void {
  const claim: Claim = { step: REVIEW_STEP, attempt, slot: slot.name };
  addEdit(plan, claimReview(view, claim, persona, starts.board));
  addReason(plan, view.id, `its review by ${persona.id} is given to slot ${slot.name}`);
  starts.holders.set(slot.name, view.id);
}

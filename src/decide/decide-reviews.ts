import type { Claim } from "../board/claim.ts";
import type { Persona } from "../board/persona.ts";
import { reviewClaimOf } from "../board/review-claim.ts";
import type { Session } from "../board/session.ts";
import { type EditableView, isCommitted, isEditable, isLive, isReadable, type ReadableView } from "./board-index.ts";
import { taskBudgetReason, withSpent } from "./budgets.ts";
import { agentChain, chooseAgent } from "./choose-agent.ts";
import { type DueReview, giveReviews } from "./give-reviews.ts";
import { historyOf, openQuestion } from "./history.ts";
import { formatSecond } from "./instant.ts";
import { isReviewRun } from "./lane-of-run.ts";
import { launchReview } from "./launch-review.ts";
import { movedLine } from "./moved-line.ts";
import { addEdit, addReason, lookAgain, type Plan } from "./plan.ts";
import { claimReview, endReview, sendBack } from "./review-edits.ts";
import { isAbout, isMustFix, type Subject } from "./review-record.ts";
import { type ReviewState, reviewState } from "./review-state.ts";
import { isUnchanged, subjectOf } from "./review-subject.ts";
import { forReviewLine, reviewWords } from "./review-words.ts";
import { reviewerOf } from "./reviewer-of.ts";
import type { TaskView } from "./snapshot.ts";
import type { Starts } from "./starts.ts";
import { findingReason } from "./why-not-start.ts";

type Review = {
  view: ReadableView;
  reviewer: Persona | { problem: string } | null;
  /** The newest record of a review of this task, of whatever tip. */
  record: Session | null;
  starts: Starts;
  plan: Plan;
  say: (why: string) => void;
};

/**
 * Has the branches of tasks in `for_review/` reviewed: claimed like any run, then started, then its verdict is acted upon in the
 * edit that ends the claim, so that it counts once. It sends a task back; to accept one is up to a person alone.
 */
export function decideReviews(starts: Starts, plan: Plan): void {
  const { board } = starts;
  for (const view of board.byLane.doing) dropTakenAlong(view, starts, plan);
  const due: DueReview[] = [];
  // What is about to move onto another tip is reviewed there.
  const moving = new Set(plan.effects.flatMap((it) => (it.kind === "restack" ? [it.taskId] : [])));
  for (const view of board.byLane.for_review) {
    if (!isReadable(view) || plan.edits.has(view.id) || moving.has(view.id)) continue;
    const history = historyOf(board, view.id);
    const open = [openQuestion(history.checks), movedLine(board, view.id)].filter((it) => it !== null).join("; ");
    const say = (why: string) => addReason(plan, view.id, forReviewLine(open === "" ? null : open, why));
    const review = { view, reviewer: reviewerOf(view, board), record: history.review, starts, plan, say };
    const claim = reviewClaimOf(view.task.assigned);
    if (board.runs.has(view.id)) sayRun(review);
    else if (board.jobs.has(view.id)) continue;
    else if (claim !== null) goOn(review, claim);
    else due.push(...dueOf(review));
  }
  giveReviews(due, starts, plan);
}

// A person moved the file back to work with the claim in it: for the rest of the rules there is none.
function dropTakenAlong(view: TaskView, { board }: Starts, plan: Plan): void {
  const claim = reviewClaimOf(view.task?.assigned ?? null);
  if (claim === null || board.runs.has(view.id) || plan.edits.has(view.id) || !isEditable(board, view)) return;
  addEdit(plan, endReview(view, null, board));
}

function sayRun({ view, starts, say }: Review): void {
  const run = starts.board.runs.get(view.id)?.find((it) => isReviewRun(it) && isLive(it));
  if (run !== undefined) say(`is being reviewed by ${run.persona ?? "nobody"} in slot ${run.slot ?? "none"}`);
}

/** A review without a claim: whether it may begin, and what is said of it. */
function dueOf(review: Review): DueReview[] {
  const { view, reviewer, record, starts, plan, say } = review;
  const { board } = starts;
  if (isOfTip(review)) {
    sayKnown(review);
    return [];
  }
  if (reviewer === null || !isEditable(board, view)) return [];
  const finding = findingReason(view);
  if ("problem" in reviewer || finding !== null) {
    say(`not reviewed: ${finding ?? ("problem" in reviewer ? reviewer.problem : "")}`);
    return [];
  }
  const subject = subjectOf(view, starts);
  // Whoever asks for it by name wants it in any case.
  if (view.task.review === null && isUnchanged(subject, starts)) return [];
  const state = stateOf({ view, record, starts }, reviewer, subject);
  if (state.kind === "over") {
    if (record !== null) say(reviewWords(record));
    return [];
  }
  if (state.at > board.now) {
    lookAgain(plan, board.now, state.at);
    say(`its review is tried again at ${formatSecond(state.at)}: ${record?.reason ?? "it failed"}`);
    return [];
  }
  return [{ view, persona: reviewer, attempt: state.attempt, say }];
}

function isOfTip({ view, record, starts }: Review): boolean {
  const tip = starts.board.snapshot.branches.get(view.id)?.sha ?? null;
  return record?.state === "done" && tip !== null && record.commitSha === tip;
}

function sayKnown(review: Review): void {
  if (review.record !== null && isOfTip(review)) review.say(reviewWords(review.record));
}

/** A claimed review without a run: it is to be started, or its run is over. */
function goOn(review: Review, claim: Claim): void {
  const { view, reviewer, record, starts, plan, say } = review;
  const { board } = starts;
  if (!isEditable(board, view)) return sayKnown(review);
  const subject = subjectOf(view, starts);
  const over = record !== null && isSpent(claim, record) && isAbout(record, subject) ? record : null;
  if (over !== null && reviewer !== null && isMustFix(over) && over.attempt === claim.attempt) {
    addEdit(plan, sendBack(view, over, subject, board));
    return say(reviewWords(over));
  }
  const state =
    reviewer === null || "problem" in reviewer ? null : stateOf({ view, record, starts }, reviewer, subject);
  if (reviewer === null || "problem" in reviewer || state?.kind !== "due" || state.at > board.now) {
    addEdit(plan, endReview(view, state?.kind === "over" ? over : null, board));
    return say(over === null ? "its review is put off" : reviewWords(over));
  }
  if (record !== null && isSpent(claim, record)) {
    // In the same slot, as long as that may go on.
    const isSlot = board.settings.slots.some(({ name }) => name === claim.slot);
    const isKept = isSlot && starts.stopped === null && starts.holders.get(claim.slot) === view.id;
    const again = { ...claim, attempt: state.attempt };
    addEdit(plan, isKept ? claimReview(view, again, reviewer, board) : endReview(view, null, board));
    return say(`its review by ${reviewer.id} is tried again`);
  }
  begin({ ...review, view }, claim, { persona: reviewer, subject, state });
}

function begin(
  { view, starts, plan, say }: Review & { view: EditableView },
  claim: Claim,
  { persona, subject, state }: { persona: Persona; subject: Subject; state: Extract<ReviewState, { kind: "due" }> },
): void {
  const { board, stopped, holders } = starts;
  const what = `its review by ${persona.id}`;
  if (stopped !== null && (board.snapshot.isDraining || board.settings.paused !== false)) {
    return say(`${what} waits: ${stopped.line}`);
  }
  const reason =
    stopped?.line ??
    taskBudgetReason(view.task, withSpent(view, board).spentUsd, board) ??
    (holders.get(claim.slot) === view.id ? null : `slot ${claim.slot} has ${holders.get(claim.slot) ?? "nobody"}`);
  const outcome =
    reason === null ? launchReview({ view, persona, subject, claim, start: state.start }, starts) : { reason };
  if ("reason" in outcome) {
    addEdit(plan, endReview(view, null, board));
    return say(`${what} waits: ${outcome.reason}`);
  }
  if (!isCommitted(view)) return say(`${what} starts once its claim is committed`);
  plan.effects.push(outcome.effect);
  say(`${what} is started in slot ${claim.slot}`);
}

/** A claim is good for one run. */
function isSpent(claim: Claim, { attempt, state }: Session): boolean {
  return attempt > claim.attempt || (attempt === claim.attempt && state !== "running");
}

function stateOf(
  { view, record, starts }: Pick<Review, "view" | "record" | "starts">,
  persona: Persona,
  subject: Subject,
): ReviewState {
  const { board, parked } = starts;
  return reviewState({
    record,
    subject,
    settings: board.settings,
    hasNextAgent(failed) {
      const slot = board.settings.slots.find(({ name }) => name === failed.slot);
      if (slot === undefined || failed.agent === null) return false;
      return "agent" in chooseAgent(agentChain(view.task, persona, slot, board), failed, board, parked, slot);
    },
  });
}

import { STILL_IN_CONFLICT } from "../board/check-claim.ts";
import { isConflictRecord } from "../board/record-steps.ts";
import { REVIEW_STEP } from "../board/review-claim.ts";
import type { Session } from "../board/session.ts";
import type { Board } from "./board-index.ts";
import { sessionsOf } from "./board-index.ts";
import { WORK_STEP } from "./steps-of.ts";

/** What the session files of a task tell: the newest record of each kind. A later attempt replaces an earlier one. */
export type History = {
  step: Session | null;
  checks: Session | null;
  merge: Session | null;
  /** How its branch was last brought onto those that it stands on. */
  restack: Session | null;
  /** The review in `for_review/`, which counts its own attempts. */
  review: Session | null;
  /** The highest attempt on record, but for reviews; 0 when the task never ran. */
  highest: number;
};

/** Reads the history of a task from its session files. */
export function historyOf(board: Board, taskId: string): History {
  const history: History = { step: null, checks: null, merge: null, restack: null, review: null, highest: 0 };
  for (const session of sessionsOf(board, taskId)) {
    if (session.step === REVIEW_STEP) {
      history.review = newer(history.review, session);
      continue;
    }
    history.highest = Math.max(history.highest, session.attempt);
    if (session.step === "checks") history.checks = newer(history.checks, session);
    else if (session.step === "merge") history.merge = newer(history.merge, session);
    else if (session.step === "restack") history.restack = newer(history.restack, session);
    else if (session.step === WORK_STEP) history.step = newer(history.step, session);
  }
  return history;
}

/** The checks that speak of this attempt, once they came to an end: not those of a run of the same number that is gone. */
export function checksOf(history: History, attempt: number): Session | null {
  const { checks, step } = history;
  if (checks === null || checks.attempt !== attempt) return null;
  const endedAt = step?.attempt === attempt ? (step.finishedAt ?? 0) : 0;
  if ((checks.finishedAt ?? 0) < endedAt || isOutdated(history)) return null;
  return checks.state === "done" || checks.state === "failed" ? checks : null;
}

/** Whether its branch was brought onto another commit since it was checked: what the checks say is not of what it holds now. */
export function isOutdated({ checks, restack }: History): boolean {
  if (checks === null || restack?.verdict !== "restacked") return false;
  return restack.commitSha !== checks.commitSha && (restack.finishedAt ?? 0) > (checks.finishedAt ?? 0);
}

/** Whether conflicts were left in its branch, for a run that has not ended yet to mend. */
export function isToMend({ step, restack }: History): boolean {
  if (restack?.verdict !== "to-mend") return false;
  return step === null || step.finishedAt === null || (restack.finishedAt ?? 0) >= step.finishedAt;
}

/** What a conflict still is after the rework that was to mend it, as its checks say; null: nothing, or it had none yet. */
export function leftInConflict(history: History, checks: Session): string | null {
  const { step, merge, restack } = history;
  if (checks.reason?.startsWith(STILL_IN_CONFLICT) !== true || isToMend(history)) return null;
  const isBefore = (it: Session | null): it is Session => {
    return it !== null && isConflictRecord(it) && (it.finishedAt ?? 0) <= (step?.finishedAt ?? 0);
  };
  // A branch that starts with a conflict of those below it gets a rework as well.
  const isReworked = isBefore(merge) || (isBefore(restack) && restack.attempt < (step?.attempt ?? 0));
  return isReworked ? `still in conflict after a rework: ${checks.reason.slice(STILL_IN_CONFLICT.length)}` : null;
}

/** Whether checks found nothing to mend. Anything but a clear yes is a no. */
export function isClean(checks: Session): boolean {
  return checks.state === "done" && checks.verdict === "clean";
}

/** Whether checks found what is to be mended: what could not be confirmed a person has to look at, not the agent. */
export function isRefuted(checks: Session): boolean {
  return !isClean(checks) && !isInconclusive(checks);
}

/** Whether checks came to their end and left open whether all of it is so. */
export function isInconclusive(checks: Session): boolean {
  return checks.state === "done" && checks.verdict === "inconclusive";
}

/** What a person who looks at it has to know of checks that left something open; null when they left nothing. */
export function openQuestion(checks: Session | null): string | null {
  return checks !== null && isInconclusive(checks) ? `not confirmed: ${checks.reason ?? "see checks.md"}` : null;
}

function newer(known: Session | null, session: Session): Session {
  if (known === null || session.attempt > known.attempt) return session;
  if (session.attempt < known.attempt) return known;
  // Of one attempt, a record with an end says more than one that was only begun.
  if ((session.state === "running") !== (known.state === "running"))
    return session.state === "running" ? known : session;
  return (session.startedAt ?? 0) > (known.startedAt ?? 0) ? session : known;
}

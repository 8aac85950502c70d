import { LOSS_LIMIT, lossesOf } from "../board/losses.ts";
import type { Session } from "../board/session.ts";
import { isSilence } from "../board/silence.ts";
import type { Task } from "../board/task.ts";
import type { Settings } from "../config/settings.ts";
import type { LaunchCause } from "./action.ts";
import { checksOf, type History, isRefuted, isToMend } from "./history.ts";
import { isSentBack } from "./review-record.ts";

/**
 * How a run goes on from the one before it. Attempts that follow each other without a gap are one chain and share the
 * counters; a gap in the numbers starts a new chain, because a person asked again.
 */
export type Continuation = {
  cause: LaunchCause;
  retries: number;
  reworks: number;
  losses: number;
  /** The run before whose agent could not work here: the next of the slot's chain is taken. */
  afterAgentOf: Session | null;
  /** The run of this step before this one; null when there was none. */
  previous: Session | null;
};

/** What goes on from nothing. */
export const FIRST: Continuation = {
  cause: "first",
  retries: 0,
  reworks: 0,
  losses: 0,
  afterAgentOf: null,
  previous: null,
};

/** What `attempt` goes on from. */
export function continuationOf(history: History, attempt: number, settings: Settings): Continuation {
  const previous = history.step;
  const mend = isToMend(history) ? ({ cause: "conflict" } as const) : {};
  if (previous === null) return { ...FIRST, ...(isSentBack(history, null) ? { cause: "review" } : {}), ...mend };
  if (previous.attempt >= attempt) return again(history, previous);
  const next = { ...after(history, previous, settings), ...mend, previous };
  return attempt === previous.attempt + 1 ? next : { ...FIRST, previous, cause: next.cause };
}

/** The attempt that goes on in the chain of a task in `doing/`, or that starts a new chain when a person asked again. */
export function nextAttempt(task: Task, history: History, settings: Settings): number {
  const { attempt } = task;
  const isAskedAgain = task.lane !== "doing" || task.blocked !== null;
  if (isAskedAgain || attempt === null || attempt < history.highest) return freshAttempt(history, settings);
  // An attempt whose checks are still to come, or that never ran, keeps its number.
  if (history.step?.attempt === attempt && history.step.state === "done" && checksOf(history, attempt) === null) {
    return attempt;
  }
  return attempt > history.highest ? attempt : history.highest + 1;
}

// One number is left out where the counters of the old chain would otherwise go on.
function freshAttempt(history: History, settings: Settings): number {
  const next = continuationOf(history, (history.step?.attempt ?? 0) + 1, settings);
  return history.highest + (next.retries + next.reworks + next.losses > 0 ? 2 : 1);
}

function after(history: History, previous: Session, settings: Settings): Continuation {
  const counted = { retries: previous.retries, reworks: previous.reworks, losses: 0, afterAgentOf: null, previous };
  if (previous.state === "stopped" || previous.failure === "stopped") {
    const losses = lossesOf(previous);
    if (losses >= LOSS_LIMIT) return { ...FIRST, cause: "lost" };
    return { ...counted, cause: losses > 0 ? "lost" : "stopped", losses };
  }
  if (previous.state === "failed") return afterFailure(previous, counted, settings);
  if (previous.verdict === "decision") return { ...FIRST, cause: "answer" };
  const checks = checksOf(history, previous.attempt);
  if (checks !== null && isRefuted(checks)) {
    if (previous.reworks >= settings.rework.limit) return { ...FIRST, cause: "checks" };
    return { ...counted, cause: "checks", reworks: previous.reworks + 1 };
  }
  if (isRefused(history.merge, previous.attempt)) return { ...FIRST, cause: "conflict" };
  if (!isSentBack(history, previous)) return { ...FIRST, cause: "feedback" };
  if (previous.reworks >= settings.rework.limit) return { ...FIRST, cause: "review" };
  return { ...counted, cause: "review", reworks: previous.reworks + 1 };
}

function afterFailure(previous: Session, counted: Omit<Continuation, "cause">, settings: Settings): Continuation {
  switch (previous.failure) {
    case "overloaded":
      if (!isSilence(previous)) return { ...counted, cause: "stopped" };
      if (previous.retries >= settings.retry.limit) return { ...FIRST, cause: "retry" };
      return { ...counted, cause: "stopped", retries: previous.retries + 1 };
    case "setup":
      return { ...counted, cause: "retry", afterAgentOf: previous };
    case "budget":
      return { ...FIRST, cause: "retry" };
    case "checks":
      if (previous.reworks >= settings.rework.limit) return { ...FIRST, cause: "checks" };
      return { ...counted, cause: "checks", reworks: previous.reworks + 1 };
    case "agent":
    case "stopped":
    case null:
      if (previous.retries >= settings.retry.limit) return { ...FIRST, cause: "retry" };
      return { ...counted, cause: "retry", retries: previous.retries + 1 };
  }
}

// The session file was begun but the run never was: it starts with the counters that the file carries already.
function again(history: History, begun: Session): Continuation {
  const before = begun.attempt - 1;
  const counted = {
    retries: begun.retries,
    reworks: begun.reworks,
    losses: lossesOf(begun),
    afterAgentOf: null,
    previous: begun,
  };
  if (isCause(begun.cause)) return { ...counted, cause: begun.cause };
  if (before <= 0) return { ...counted, cause: "first" };
  const checks = checksOf(history, before);
  if (checks !== null && isRefuted(checks)) return { ...counted, cause: "checks" };
  if (isRefused(history.merge, before)) return { ...counted, cause: "conflict" };
  if (checks !== null) return { ...counted, cause: "feedback" };
  return { ...counted, cause: begun.retries > 0 ? "retry" : "stopped" };
}

const CAUSES: Readonly<Record<LaunchCause, true>> = {
  first: true,
  retry: true,
  checks: true,
  feedback: true,
  conflict: true,
  stopped: true,
  lost: true,
  review: true,
  verdict: true,
  answer: true,
  "stale-input": true,
};

function isCause(written: string | null | undefined): written is LaunchCause {
  return written != null && Object.hasOwn(CAUSES, written);
}

function isRefused(merge: Session | null, attempt: number): boolean {
  if (merge === null || merge.attempt !== attempt) return false;
  return merge.verdict === "conflict" || merge.verdict === "checks-failed";
}

import { LOSS_LIMIT, lossesOf } from "../board/losses.ts";
import type { Session } from "../board/session.ts";
import { isSilence } from "../board/silence.ts";
import type { Settings } from "../config/settings.ts";
import { type Continuation, continuationOf, FIRST } from "./chain.ts";
import { retryAt } from "./retry.ts";
import { isAbout, type Subject } from "./review-record.ts";
import { VERDICT_REASKS } from "./workflow/start.ts";

/**
 * Where the review of a tip stands by its record. due: a run of it may start, and not before `at`; over: it came to its end,
 * whatever that was, and nobody looks again before the tip is another.
 */
export type ReviewState = { kind: "due"; attempt: number; at: number; start: Continuation } | { kind: "over" };

type Facts = {
  record: Session | null;
  subject: Subject;
  settings: Settings;
  /** Whether another agent is left to try after the one of this run. */
  hasNextAgent: (failed: Session) => boolean;
};

/** Reads from its record where the review stands. A record of a former tip says nothing of this one. */
export function reviewState({ record, subject, settings, hasNextAgent }: Facts): ReviewState {
  if (record === null) return { kind: "due", attempt: 1, at: 0, start: FIRST };
  // Begun, and it never ran: the number is not used up.
  const attempt = record.state === "running" ? record.attempt : record.attempt + 1;
  if (!isAbout(record, subject)) {
    const cause = record.state === "done" ? "stale-input" : "first";
    return { kind: "due", attempt, at: 0, start: { ...FIRST, cause, previous: record } };
  }
  const at = nextAt(record, settings, hasNextAgent);
  return at === null ? { kind: "over" } : { kind: "due", attempt, at, start: startAfter(record, attempt, settings) };
}

/** When it is tried again; null: never. */
function nextAt(record: Session, settings: Settings, hasNextAgent: Facts["hasNextAgent"]): number | null {
  if (record.state === "done") return null;
  if (record.state === "running") return 0;
  if (record.state === "stopped" || record.failure === "stopped") return lossesOf(record) < LOSS_LIMIT ? 0 : null;
  switch (record.failure) {
    case "overloaded":
      return isSilence(record) && record.retries >= settings.retry.limit ? null : 0;
    case "setup":
      return hasNextAgent(record) ? 0 : null;
    case "checks":
      return record.reworks < VERDICT_REASKS ? 0 : null;
    case "budget":
      return null;
    case "agent":
    case null:
      return record.retries < settings.retry.limit ? retryAt(record, settings) : null;
  }
}

function startAfter(record: Session, attempt: number, settings: Settings): Continuation {
  // Asked again in its own words, however often checks may fail here.
  if (record.verdict === "invalid") {
    return { ...FIRST, cause: "verdict", retries: record.retries, reworks: record.reworks + 1, previous: record };
  }
  const history = { step: record, checks: null, merge: null, restack: null, review: null, highest: record.attempt };
  return continuationOf(history, attempt, settings);
}

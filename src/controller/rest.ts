import { isReviewWanted } from "../decide/reviewer-of.ts";
import type { JobView } from "../decide/snapshot.ts";
import type { TickResult } from "./tick.ts";

/** No clock is exact: looking a little late is cheaper than looking twice. */
const SLACK_MS = 5;
/** Nobody watches git's own folder: a person who is back from another branch, or done with a rebase, is noticed so late. */
const AWAY_MS = 1_000;

/** How long the loop may rest, ms: not at all after a change, else until the plan or the safety net wants a look. */
export function requeueAfterMs(
  { didChange, decision, snapshot }: TickResult,
  { now, sweepAt }: { now: number; sweepAt: number },
): number {
  if (didChange) return 0;
  const retries = snapshot.jobs.flatMap(({ retryAt }) => retryAt ?? []);
  const backAt = snapshot.repo.state === "ready" ? Number.POSITIVE_INFINITY : now + AWAY_MS;
  const lookAgainAt = Math.min(sweepAt, backAt, decision.lookAgainAt ?? Number.POSITIVE_INFINITY, ...retries);
  return Math.max(0, lookAgainAt - now) + SLACK_MS;
}

/**
 * Nothing is left to do: no run, no action, nobody in the middle of an edit, and no retry or merge due soon.
 * Tasks that wait for a person do not count.
 */
export function isIdle({ snapshot, decision, didChange }: TickResult, jobs: readonly JobView[]): boolean {
  if (didChange || snapshot.runs.length > 0 || jobs.length > 0) return false;
  // A job that was under way when the board was looked at, and is over now, has left something that nobody has seen yet.
  if (snapshot.jobs.some(({ retryAt }) => retryAt === null)) return false;
  if (decision.actions.length > 0 || snapshot.unsettledUntil !== null) return false;
  const isAboutToMove = snapshot.tasks.some(
    ({ lane, task }) =>
      lane === "doing" || lane === "done" || (lane === "for_review" && isReviewWanted(task, snapshot.settings)),
  );
  const dueMs = (decision.lookAgainAt ?? Number.POSITIVE_INFINITY) - snapshot.observedAt;
  return !isAboutToMove || dueMs > (snapshot.settings?.retry.maxMs ?? 0);
}

import { silenceOf } from "./evidence.ts";
import type { RunView, StopReason } from "./snapshot.ts";

/** The cap that a live run has reached; null while it is within all of them. */
export function reachedCap(run: RunView, now: number, graceMs?: number): StopReason | null {
  const { wallMs, outputBytes, toolCalls, costUsd } = run.caps;
  if (costUsd !== null && spentBy(run) >= costUsd && spentBy(run) > 0) return "budget";
  if (wallMs !== null && now - run.startedAt >= wallMs) return "timeout";
  if (run.outputBytes > outputBytes) return "output";
  if (toolCalls !== null && run.toolCalls > toolCalls) return "tool-calls";
  const lingers = lingersAt(run, graceMs);
  return lingers !== null && now >= lingers ? "lingering" : null;
}

/** What a run has cost for certain, in US dollars. */
export function spentBy({ costUsd, leastUsd }: RunView): number {
  return costUsd ?? leastUsd ?? 0;
}

/** What its agent left behind, or waits for, may hold a program for minutes after its answer; so many graces are enough to end. */
const GRACES = 3;
const DEFAULT_GRACE_MS = 10_000;

/**
 * When a live run that gave its answer should have ended, if nothing of it works on: no output, CPU time or change of files.
 * Null before the answer, while nobody looked, and for one that may take as long as it likes.
 */
export function lingersAt(run: RunView, graceMs = DEFAULT_GRACE_MS): number | null {
  if (run.isOver !== true || run.caps.wallMs === null || run.evidence === null) return null;
  const watchedSince = run.evidence.watchedSince ?? run.startedAt;
  return Math.max(silenceOf(run).since + GRACES * graceMs, watchedSince + graceMs);
}

/** When a live run reaches its longest time; null when it has none. */
export function timeoutAt(run: RunView): number | null {
  return run.caps.wallMs === null ? null : run.startedAt + run.caps.wallMs;
}

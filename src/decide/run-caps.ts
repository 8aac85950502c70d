import type { RunView, StopReason } from "./snapshot.ts";

/** The cap that a live run has reached; null while it is within all of them. */
export function reachedCap(run: RunView, now: number): StopReason | null {
  const { wallMs, outputBytes, toolCalls, costUsd } = run.caps;
  if (costUsd !== null && run.costUsd !== null && run.costUsd >= costUsd && run.costUsd > 0) return "budget";
  if (wallMs !== null && now - run.startedAt >= wallMs) return "timeout";
  if (run.outputBytes > outputBytes) return "output";
  if (toolCalls !== null && run.toolCalls > toolCalls) return "tool-calls";
  return null;
}

/** When a live run reaches its longest time; null when it has none. */
export function timeoutAt(run: RunView): number | null {
  return run.caps.wallMs === null ? null : run.startedAt + run.caps.wallMs;
}

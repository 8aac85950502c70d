import type { Session } from "../board/session.ts";
import type { Task } from "../board/task.ts";
import type { Settings } from "../config/settings.ts";
import type { History } from "./history.ts";

/** The failed run that a task in `doing/` without a slot is to be tried again after; null when it waits for another reason. */
export function failedBefore(task: Task, history: History): Session | null {
  const failed = history.step;
  if (task.assigned !== null || task.blocked !== null || task.attempt === null) return null;
  // One that was refused by its provider waits for an agent, not for the clock.
  if (failed?.failure === "overloaded") return null;
  return failed?.state === "failed" && failed.attempt === task.attempt ? failed : null;
}

/** When a failed run may be tried again: the wait doubles with each failure of the chain, up to the longest allowed. */
export function retryAt(failed: Session, { retry }: Settings): number {
  return (failed.finishedAt ?? 0) + Math.min(retry.baseMs * 2 ** failed.retries, retry.maxMs);
}

/** What is said of a run that is not tried again. */
export function failedLine({ retries, reason }: Session): string {
  return `failed ${retries === 0 ? "once" : `${retries + 1} times`}: ${reason ?? "the agent failed"}`;
}

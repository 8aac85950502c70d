import type { Session } from "../board/session.ts";
import type { Settings } from "../config/settings.ts";

/** When a failed run may be tried again: the wait doubles with each failure of the chain, up to the longest allowed. */
export function retryAt(failed: Session, { retry }: Settings): number {
  const waitMs =
    failed.failure === "overloaded" ? retry.maxMs : Math.min(retry.baseMs * 2 ** failed.retries, retry.maxMs);
  return (failed.finishedAt ?? 0) + waitMs;
}

import { isLive } from "../decide/board-index.ts";
import type { JobView, RunView } from "../decide/snapshot.ts";

/**
 * Whether the end of the daemon has to wait for runs or jobs. A run that is over and cannot be collected is no reason to: the
 * next daemon tries again.
 */
export function isBusy(runs: readonly RunView[], jobs: readonly JobView[]): boolean {
  const failed = new Set(jobs.flatMap((it) => (it.kind === "collect" && it.retryAt !== null ? (it.of ?? []) : [])));
  const isHeld = runs.some((run) => isLive(run) || !failed.has(run.runId));
  return isHeld || jobs.some(({ retryAt }) => retryAt === null);
}

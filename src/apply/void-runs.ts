import { readRuns } from "../process/read-runs.ts";
import { removeRun, sweepRuns, voidRun } from "../process/remove-run.ts";
import { runsDirOf, type World } from "./world.ts";

/**
 * For the start of a daemon, before its first look, and later for runs `olderThanMs`, of which a full disk kept even that
 * from being written down: a run that was recorded and not started never starts now, so that its task is
 * launched again. Who is first decides: a supervisor that is there already keeps its run. Answers the ids.
 */
export async function voidUnstartedRuns(world: World, { olderThanMs = 0 } = {}): Promise<string[]> {
  const runsDir = runsDirOf(world);
  const isOld = (startedAt: number): boolean => world.clock() - startedAt >= olderThanMs;
  const unstarted = readRuns(runsDir).filter(
    (it) => it.state === "starting" && (olderThanMs === 0 || isOld(it.startedAt)),
  );
  const voided = unstarted.filter(({ runDir }) => voidRun(runDir));
  for (const { runDir } of voided) await removeRun(runDir);
  // Later, what is half-made or half-removed may be so by this very daemon.
  if (olderThanMs === 0) sweepRuns(runsDir);
  return voided.map(({ runId }) => runId);
}

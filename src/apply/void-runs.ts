import { readRuns } from "../process/read-runs.ts";
import { removeRun, sweepRuns, voidRun } from "../process/remove-run.ts";
import { runsDirOf, type World } from "./world.ts";

/**
 * For the start of a daemon, before its first look: a run that an earlier one recorded and did not live to start never starts now,
 * so that its task is launched again. Who is first decides: a supervisor that is there already keeps its run. Answers the ids.
 */
export async function voidUnstartedRuns(world: World): Promise<string[]> {
  const runsDir = runsDirOf(world);
  const voided = readRuns(runsDir).filter(({ state, runDir }) => state === "starting" && voidRun(runDir));
  for (const { runDir } of voided) await removeRun(runDir);
  sweepRuns(runsDir);
  return voided.map(({ runId }) => runId);
}

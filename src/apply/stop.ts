import { join } from "node:path";
import type { StopReason } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { readRuns } from "../process/read-runs.ts";
import { requestStop, stopRun } from "../process/stop-run.ts";
import { readRunFacts } from "./run-facts.ts";
import { runsDirOf, type World } from "./world.ts";

/**
 * Ends a run: that it is to end is on disk before the first signal, so that a new daemon goes on with it. Resolves when
 * nothing of it is left, after the grace of the settings at the latest; other work goes on meanwhile.
 */
export async function stop(world: World, { runId, reason }: { runId: string; reason: StopReason }): Promise<void> {
  const run = readRuns(runsDirOf(world)).find((it) => it.runId === runId);
  if (run === undefined) return;
  const runDir = join(runsDirOf(world), runId);
  failpoint("apply.stop.before-request");
  requestStop(runDir, reason);
  failpoint("apply.stop.after-request");
  const worktreePath = readRunFacts(run.record)?.worktree ?? null;
  await stopRun({ runDir, graceMs: world.settings().graceMs, worktreePath });
  failpoint("apply.stop.after-stop");
}

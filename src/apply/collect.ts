import { join } from "node:path";
import type { Snapshot } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { readRun } from "../process/read-runs.ts";
import { removeRun, voidRun } from "../process/remove-run.ts";
import { sweepProcesses } from "../process/sweep.ts";
import { collectChecks } from "./collect-checks.ts";
import { collectMerge } from "./collect-merge.ts";
import { collectStep } from "./collect-step.ts";
import { guardRepository } from "./guard.ts";
import { readRunFacts } from "./run-facts.ts";
import { runsDirOf, type World } from "./world.ts";

const COLLECT = { step: collectStep, checks: collectChecks, merge: collectMerge } as const;

/**
 * Ends the record of a run that is over: nothing of it is left running, its work is safe, its session file is whole; only
 * then the record goes. Doing it again, from wherever it was interrupted, gives the same result.
 */
export async function collect(world: World, { runId }: { runId: string }, snapshot: Snapshot): Promise<void> {
  const runDir = join(runsDirOf(world), runId);
  const run = readRun(runDir, runId);
  if (run === null || run.state === "running") return;
  // Its supervisor never came, and now never will: the task is launched again.
  if (run.state === "starting") {
    if (voidRun(runDir)) await removeRun(runDir);
    return;
  }
  const facts = readRunFacts(run.record);
  failpoint("apply.collect.before-sweep");
  await sweepProcesses({ tag: runId, ...(facts === null ? {} : { cwdUnder: facts.worktree }) });
  failpoint("apply.collect.after-sweep");
  if (facts === null) world.log.error({ runId }, "the record of a run cannot be read; its task is started again");
  else {
    await guardRepository(world, { isAll: true });
    await COLLECT[facts.kind](world, run, facts, snapshot);
  }
  failpoint("apply.collect.before-remove");
  await removeRun(runDir);
  failpoint("apply.collect.after-remove");
}

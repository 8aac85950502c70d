import { existsSync } from "node:fs";
import { lossesOf } from "../board/losses.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { freeWorktree, worktreeStatus } from "../git/worktrees.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { writeChecks } from "./check.ts";
import type { RunFacts } from "./run-facts.ts";
import { removeOwnCopies } from "./save-work.ts";
import { isFinished } from "./session-record.ts";
import { verifyEnd } from "./verify-results.ts";
import { excludedFolders, type World } from "./world.ts";

/** Ends a run of `verify`: writes `checks.md`, and takes what the commands left in the worktree out of the next run's way. */
export async function collectChecks(world: World, run: RunRecord, facts: RunFacts, snapshot: Snapshot): Promise<void> {
  await tidyWorktree(world, facts);
  const end = verifyEnd(run, facts);
  if (end.state === "void" || isFinished(world, facts, run.runId)) return;
  const claims = facts.claims ?? [];
  if (end.state === "lost") {
    const before = snapshot.sessions
      .get(facts.taskId)
      ?.find((it) => it.step === "checks" && it.attempt === facts.attempt);
    const losses = before === undefined ? 1 : lossesOf(before) + 1;
    writeChecks(world, facts, run.runId, { claims, results: [], note: "", losses });
    return;
  }
  if (end.state === "setup-failed") {
    writeChecks(world, facts, run.runId, { claims, results: [], note: end.text, setupFailure: end.reason });
    return;
  }
  writeChecks(world, facts, run.runId, { claims, ...end });
}

// What `verify` leaves behind is no work. Ignored files, such as what the setup installed, may stay.
async function tidyWorktree(world: World, facts: RunFacts): Promise<void> {
  const { worktree } = facts;
  if (!existsSync(worktree)) return;
  await removeOwnCopies(world, facts, facts.startSha);
  const { dirty } = await worktreeStatus(world.codeRepo, worktree);
  if (dirty.length > 0)
    await freeWorktree(world.codeRepo, { path: worktree, exclude: excludedFolders(world), sha: facts.startSha });
}

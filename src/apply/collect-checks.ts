import { lossesOf } from "../board/losses.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { answeredClaims } from "./checks-report.ts";
import { giveWorktreeBack } from "./give-worktree-back.ts";
import { repositoryClaim } from "./repository-claim.ts";
import type { RunFacts } from "./run-facts.ts";
import { isFinished } from "./session-record.ts";
import { verifyEnd } from "./verify-results.ts";
import { notRun } from "./verify-script.ts";
import type { World } from "./world.ts";
import { writeChecks } from "./write-checks.ts";

/** Ends a run of `verify`: undoes what its commands did to the repository, and writes `checks.md`. */
export async function collectChecks(world: World, run: RunRecord, facts: RunFacts, snapshot: Snapshot): Promise<void> {
  if (isFinished(world, facts, run.runId)) return await giveWorktreeBack(world, facts);
  const repository = await repositoryClaim(world, run, facts);
  await giveWorktreeBack(world, facts);
  const end = verifyEnd(run, facts);
  const claims = [...(facts.claims ?? []), repository];
  // Whatever became of its commands: what they did to the repository is no accident of the machine.
  if (repository.verdict === "REFUTED") {
    const seen = end.state === "ended" ? end : { results: facts.commands.map(notRun), note: "" };
    writeChecks(world, facts, run.runId, { ...seen, claims });
    return;
  }
  if (end.state === "void") return;
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
  const answered = answeredClaims(facts.asked ?? [], end.answers);
  writeChecks(world, facts, run.runId, { ...end, claims: [...claims, ...end.changes, ...answered] });
}

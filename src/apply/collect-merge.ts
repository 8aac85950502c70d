import { LOSS_LIMIT, lossesOf, lossReason } from "../board/losses.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { resolveRef } from "../git/head.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { removeRun } from "../process/remove-run.ts";
import { formatChecks } from "./checks-report.ts";
import { giveWorktreeBack } from "./give-worktree-back.ts";
import { acceptedAtOf, mergeOrVerify } from "./merge.ts";
import { type MergeSubject, writeMerge } from "./merge-session.ts";
import { repositoryClaim } from "./repository-claim.ts";
import type { RunFacts } from "./run-facts.ts";
import { isFinished } from "./session-record.ts";
import { noteVerified } from "./verified-tree.ts";
import { verifyEnd } from "./verify-results.ts";
import type { World } from "./world.ts";

/**
 * Ends the verification of a merged tree: the base moves, or the task is told why not. When the branch has moved meanwhile,
 * or the task is no longer accepted, nothing is merged: decide looks again.
 */
export async function collectMerge(world: World, run: RunRecord, facts: RunFacts, snapshot: Snapshot): Promise<void> {
  if (facts.merge === null || isFinished(world, facts, run.runId)) return await giveWorktreeBack(world, facts);
  const repository = await repositoryClaim(world, run, facts);
  await giveWorktreeBack(world, facts);
  const end = verifyEnd(run, facts);
  const subject: MergeSubject = {
    taskId: facts.taskId,
    attempt: facts.attempt,
    branchSha: facts.merge.branchSha,
    conflicts: facts.reworks,
    runId: run.runId,
    startedAt: facts.startedAt,
    settingsBlob: facts.settingsBlob,
    acceptedAt: acceptedAtOf(snapshot, facts.taskId),
  };
  if (repository.verdict === "REFUTED") {
    const reason = repository.reason ?? repository.what;
    writeMerge(world, subject, { verdict: "checks-failed", reason, text: repository.evidence });
    return;
  }
  if (end.state === "void") return;
  if (end.state === "lost") {
    writeMerge(world, subject, lostVerdict(snapshot, subject));
    return;
  }
  if (end.state === "setup-failed") {
    writeMerge(world, subject, { verdict: "checks-failed", reason: end.reason, text: end.text });
    return;
  }
  const { reason, text } = formatChecks(facts, { claims: [repository], ...end });
  if (reason !== null) {
    writeMerge(world, subject, { verdict: "checks-failed", reason, text });
    return;
  }
  const isAccepted = snapshot.tasks.some(({ id, lane }) => id === facts.taskId && lane === "done");
  const isSameBranch = (await resolveRef(world.codeRepo, facts.branch)) === facts.merge.branchSha;
  if (!isAccepted || !isSameBranch) return;
  noteVerified(world, subject, { commands: facts.commands, tree: facts.merge.tree });
  // The record goes first: a further run for the same task may be due.
  failpoint("apply.merge.before-remove");
  await removeRun(run.runDir);
  failpoint("apply.merge.after-remove");
  await mergeOrVerify(world, snapshot, subject);
}

/** It is tried again, as after unsaved changes in a checkout, and not for ever. */
function lostVerdict(
  { sessions }: Snapshot,
  { taskId, branchSha }: MergeSubject,
): { verdict: "waiting" | "checks-failed"; reason: string; text: string } {
  const before = sessions.get(taskId)?.find((it) => it.step === "merge" && it.commitSha === branchSha);
  const losses = before === undefined ? 1 : lossesOf(before) + 1;
  const reason = lossReason(losses);
  return { verdict: losses < LOSS_LIMIT ? "waiting" : "checks-failed", reason, text: reason };
}

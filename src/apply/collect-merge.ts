import type { Snapshot } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { resolveRef } from "../git/head.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { removeRun } from "../process/remove-run.ts";
import { formatChecks } from "./checks-report.ts";
import { giveWorktreeBack } from "./give-worktree-back.ts";
import { mergeBatch } from "./merge-batch.ts";
import { type BatchSubject, lostVerdict } from "./merge-part.ts";
import { writeMerge } from "./merge-session.ts";
import { repositoryClaim } from "./repository-claim.ts";
import type { RunFacts } from "./run-facts.ts";
import { isFinished } from "./session-record.ts";
import { noteResult, type RedRun } from "./tree-results.ts";
import { type VerifyEnd, verifyEnd } from "./verify-results.ts";
import { branchRefOf, type World } from "./world.ts";

type Ended = Extract<VerifyEnd, { state: "ended" }>;

/**
 * Ends the verification of a merged tree: what it came to is noted, and the merge goes on from there. Those of the batch whose
 * branch has moved meanwhile, or that are no longer accepted, are left out: decide looks at them again.
 */
export async function collectMerge(world: World, run: RunRecord, facts: RunFacts, snapshot: Snapshot): Promise<void> {
  const { merge } = facts;
  if (merge?.batch === undefined || isFinished(world, facts, run.runId)) return await giveWorktreeBack(world, facts);
  const repository = await repositoryClaim(world, run, facts);
  await giveWorktreeBack(world, facts);
  const end = verifyEnd(run, facts);
  const isRefuted = repository.verdict === "REFUTED";
  if (end.state === "void" && !isRefuted) return;
  const subjects = merge.batch.map((it): BatchSubject => {
    const { startedAt, settingsBlob } = facts;
    return { ...it, runId: run.runId, startedAt, settingsBlob };
  });
  const [first] = subjects;
  if (end.state === "lost" && !isRefuted) {
    // Whose command it was is not known: each is tried by itself from now on.
    if (first !== undefined) writeMerge(world, first, lostVerdict(snapshot, first));
    return;
  }
  if (end.state === "setup-failed" && !isRefuted) {
    // Nobody's work was looked at: whoever is merged next would fail at the same.
    if (first !== undefined) writeMerge(world, first, { verdict: "waiting", failure: "setup", ...end });
    return;
  }
  const red = isRefuted
    ? refuted(run, repository.reason ?? repository.what, repository.evidence)
    : redRun(run, facts, { repository, end: end as Ended });
  failpoint("apply.batch.before-note");
  noteResult(world, facts.taskId, { key: merge.key, red });
  failpoint("apply.batch.after-note");
  // The record goes first: a further run for the same task may be due.
  failpoint("apply.merge.before-remove");
  await removeRun(run.runDir);
  failpoint("apply.merge.after-remove");
  await mergeBatch(world, snapshot, await stillAccepted(world, snapshot, subjects));
}

async function stillAccepted(
  world: World,
  { tasks }: Snapshot,
  subjects: readonly BatchSubject[],
): Promise<readonly BatchSubject[]> {
  const rest: BatchSubject[] = [];
  for (const subject of subjects) {
    const isAccepted = tasks.some(({ id, lane }) => id === subject.taskId && lane === "done");
    const tip = await resolveRef(world.codeRepo, branchRefOf(subject.taskId));
    if (isAccepted && tip === subject.branchSha) rest.push(subject);
  }
  return rest;
}

/** Null: it passed. */
function redRun(
  { runId }: RunRecord,
  facts: RunFacts,
  { repository, end }: { repository: Parameters<typeof formatChecks>[1]["claims"][number]; end: Ended },
): RedRun | null {
  const { reason, text } = formatChecks(facts, { claims: [repository, ...end.changes], ...end });
  if (reason === null) return null;
  // What hangs once is not waited for again.
  const command = end.results.find(({ state }) => state === "failed" || state === "cut off")?.command ?? null;
  return { runId, reason, text, isFinal: end.note !== "", command };
}

function refuted({ runId }: RunRecord, reason: string, text: string): RedRun {
  return { runId, reason, text, isFinal: true };
}

import { randomBytes } from "node:crypto";
import type { Effect } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { resolveRef } from "../git/head.ts";
import { branchedFromOf } from "./branched-from.ts";
import { describeConflict } from "./conflict-report.ts";
import { formatMergeMessage } from "./merge-message.ts";
import { type MergeSubject, mergedOutcome, writeMerge } from "./merge-session.ts";
import { mergeStep } from "./merge-step.ts";
import { objectionTo } from "./objections.ts";
import type { RunFacts } from "./run-facts.ts";
import { hasRun, newRunId, OUTPUT_LIMIT_BYTES } from "./run-id.ts";
import { startVerify } from "./start-verify.ts";
import { borrowWorktree } from "./take-worktree.ts";
import { readVerified } from "./verified-tree.ts";
import { verifyCommit } from "./verify-commit.ts";
import { copyFiles } from "./worktree-files.ts";
import { baseRefOf, branchRefOf, type World } from "./world.ts";

type MergeEffect = Extract<Effect, { kind: "merge" }>;

/**
 * Merges the branch of an accepted task into the base: the tree is merged without a checkout, `verify` runs on the merged
 * tree (as a run that `collect` ends), then the base moves by compare-and-swap. What came of it is in `merge.md`.
 */
export async function merge(world: World, effect: MergeEffect, snapshot: Snapshot): Promise<void> {
  const branchSha = await resolveRef(world.codeRepo, branchRefOf(effect.taskId));
  if (branchSha === null || hasRun(world, effect.taskId)) return;
  await mergeOrVerify(world, snapshot, {
    taskId: effect.taskId,
    attempt: attemptOf(snapshot, effect.taskId),
    branchSha,
    conflicts: effect.conflicts ?? 0,
    runId: null,
    startedAt: world.clock(),
    settingsBlob: snapshot.settingsBlob,
    acceptedAt: acceptedAtOf(snapshot, effect.taskId),
  });
}

/**
 * One try, with or without a tree that is known to have passed `verify`. Code that differs from that tree is verified again; the board's own
 * commits, which land on the base all the time where board and code share a branch, are none.
 */
export async function mergeOrVerify(world: World, snapshot: Snapshot, subject: MergeSubject): Promise<void> {
  const { taskId } = subject;
  const task = snapshot.tasks.find(({ id }) => id === taskId)?.task ?? null;
  const commands = [...world.settings().verify, ...(task?.verify ?? [])];
  const touches = task?.touches ?? [];
  const objection = await objectionTo(world, snapshot, subject, task);
  if (objection?.isOverruled === false) {
    const text = `${objection.reason}\n\n\`sessions/${taskId}/checks.md\` says more, where it is about this commit.`;
    writeMerge(world, subject, { verdict: "checks-failed", reason: objection.reason, text });
    return;
  }
  const message = formatMergeMessage({
    taskId,
    branchSha: subject.branchSha,
    title: task?.title ?? taskId,
    sessions: snapshot.sessions.get(taskId) ?? [],
    despite: objection?.claim ?? null,
  });
  const step = await mergeStep(world, {
    branchSha: subject.branchSha,
    branchedFrom: branchedFromOf(snapshot.sessions.get(taskId) ?? [], subject.branchSha),
    touches,
    message,
    needsVerify: commands.length > 0,
    verifiedTree: readVerified(world, subject, commands),
  });
  switch (step.state) {
    case "merged":
      writeMerge(world, subject, mergedOutcome(step.sha));
      return;
    case "conflict":
      writeMerge(world, subject, { verdict: "conflict", ...(await describeConflict(world, step)) });
      return;
    case "refused":
      writeMerge(world, subject, { verdict: "checks-failed", reason: step.reason, text: step.reason });
      return;
    case "dirty": {
      const reason = `unsaved changes in ${step.files.join(", ")}`;
      const lines = step.files.map((it) => `- \`${it}\``).join("\n");
      writeMerge(world, subject, {
        verdict: "waiting",
        reason,
        text: `Commit, stash or undo these files:\n\n${lines}`,
      });
      return;
    }
    case "moving":
      // The base moves faster than it can be merged into: the next tick tries again.
      return;
    case "verify":
      await verifyMerged(world, { subject, commands, step, timeoutMs: task?.timeoutMs ?? null, touches });
  }
}

async function verifyMerged(
  world: World,
  it: {
    subject: MergeSubject;
    commands: readonly string[];
    step: { baseSha: string; tree: string; commitSha: string };
    timeoutMs: number | "none" | null;
    touches: readonly string[];
  },
): Promise<void> {
  const { subject, commands, step, timeoutMs, touches } = it;
  const { sha } = await verifyCommit(world, { tip: step.commitSha, base: step.baseSha, touches });
  await borrowWorktree(world, sha, async (worktree) => {
    const facts: RunFacts = {
      taskId: subject.taskId,
      kind: "merge",
      slot: null,
      step: "merge",
      attempt: subject.attempt,
      persona: null,
      personaSha: null,
      agent: null,
      model: null,
      adapter: null,
      startedAt: subject.startedAt,
      caps: {
        wallMs: timeoutMs === "none" ? null : (timeoutMs ?? world.settings().timeoutMs),
        outputBytes: OUTPUT_LIMIT_BYTES,
        toolCalls: null,
        costUsd: null,
      },
      sessionPath: `sessions/${subject.taskId}/merge.md`,
      retries: 0,
      reworks: subject.conflicts,
      losses: 0,
      settingsBlob: subject.settingsBlob,
      worktree,
      branch: branchRefOf(subject.taskId),
      startSha: step.commitSha,
      countFromSha: step.commitSha,
      branchedFrom: null,
      cause: null,
      fingerprint: null,
      copied: copyFiles(world, worktree),
      commands,
      nonce: randomBytes(16).toString("hex"),
      merge: { baseRef: baseRefOf(world), baseSha: step.baseSha, branchSha: subject.branchSha, tree: step.tree },
    };
    await startVerify(world, facts, newRunId(facts));
  });
}

/** When the task came into `done/`; null when that is not known. */
export function acceptedAtOf({ tasks }: Snapshot, taskId: string): number | null {
  return tasks.find(({ id, lane }) => id === taskId && lane === "done")?.enteredAt ?? null;
}

function attemptOf(snapshot: Snapshot, taskId: string): number {
  const attempt = snapshot.tasks.find(({ id }) => id === taskId)?.task?.attempt ?? null;
  const known = (snapshot.sessions.get(taskId) ?? []).map((it) => it.attempt);
  return attempt ?? Math.max(0, ...known);
}

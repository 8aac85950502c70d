import { branchOf } from "../board/branch.ts";
import type { Effect } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { updateRefs } from "../git/ref-update.ts";
import { listCheckouts } from "../git/worktree-admin.ts";
import { mergedOutcome, writeMerge } from "./merge-session.ts";
import { heldTips, stackMoves } from "./start-commit.ts";
import { baseRefOf, branchRefOf, type World } from "./world.ts";

type DropEffect = Extract<Effect, { kind: "drop-branch" }>;

/**
 * Deletes a task's branch that the base holds whole, unless it moved meanwhile or is checked out anywhere. A merge of which
 * nobody lived to tell is told of first: without the branch it would be forgotten.
 */
export async function dropBranch(world: World, { taskId, sha }: DropEffect, snapshot: Snapshot): Promise<void> {
  const repo = world.codeRepo;
  const base = await resolveRef(repo, baseRefOf(world));
  if (base === null || !(await isAncestor(repo, sha, base))) return;
  if (listCheckouts(repo).some(({ branch }) => branch === branchOf(taskId))) return;
  noteMerge(world, taskId, sha, snapshot);
  failpoint("apply.drop.before-branch");
  try {
    const branch = { ref: branchRefOf(taskId), from: sha, to: null };
    await updateRefs(repo, [branch, ...stackMoves(taskId, heldTips(repo, taskId), new Map())]);
  } catch (error) {
    if (!(error instanceof KanbandError && error.code === "REF_MOVED")) throw error;
  }
  failpoint("apply.drop.after-branch");
}

function noteMerge(world: World, taskId: string, branchSha: string, snapshot: Snapshot): void {
  const sessions = snapshot.sessions.get(taskId);
  if (sessions === undefined) return;
  const merge = sessions.find(({ step }) => step === "merge");
  if (merge?.verdict === "merged" && merge.commitSha === branchSha) return;
  writeMerge(
    world,
    {
      taskId,
      attempt: Math.max(1, ...sessions.map((it) => it.attempt)),
      branchSha,
      conflicts: merge?.reworks ?? 0,
      runId: null,
      startedAt: world.clock(),
      settingsBlob: snapshot.settingsBlob,
      acceptedAt: null,
    },
    mergedOutcome(null),
  );
}

import { LOST, lossWords } from "../board/landed.ts";
import type { Effect } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor, isCommitHere, mergeBase, moveBranch } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { mergeOver } from "../git/merge-over.ts";
import { treeIdOf } from "../git/objects.ts";
import { preserve } from "../git/preserve-ref.ts";
import { beforeLanding } from "./before-landing.ts";
import { beginAnew } from "./begin-anew.ts";
import { writeMerge } from "./merge-session.ts";
import { subjectNow } from "./merge-subject.ts";
import { baseRefOf, branchRefOf, excludedFolders, type World } from "./world.ts";

type RestoreEffect = Extract<Effect, { kind: "restore-branch" }>;

/**
 * After a merge was lost: makes the task's branch again, so that accepting it merges it anew, and says in `merge.md` what
 * happened. A branch that holds newer work stays as it is. Codes: GIT_FAILED, GIT_LOCKED, REF_MOVED.
 */
export async function restoreBranch(world: World, effect: RestoreEffect, snapshot: Snapshot): Promise<void> {
  const repo = world.codeRepo;
  const { taskId, tip } = effect;
  const ref = branchRefOf(taskId);
  const base = await resolveRef(repo, baseRefOf(world));
  if (base === null) return;
  const branch = await resolveRef(repo, ref);
  let sha = branch;
  if (branch === null || (await isSpent(world, effect, { branch, base }))) {
    sha = await workOf(world, effect, base);
    if (branch === tip) await preserve(repo, { id: taskId, sha: tip });
    failpoint("apply.lost.before-branch");
    if (sha !== null) await moveBranch(repo, ref, branch, sha);
    failpoint("apply.lost.after-branch");
  }
  writeLoss(world, { effect, snapshot, branchSha: sha });
  failpoint("apply.lost.after-record");
}

/** Whether a branch would count as merged, or be found as merged, as it is. */
async function isSpent(
  { codeRepo }: World,
  { revertedBy, tip }: RestoreEffect,
  { branch, base }: { branch: string; base: string },
): Promise<boolean> {
  return revertedBy !== null && (branch === tip || (await isAncestor(codeRepo, branch, base)));
}

/** What the branch is to be, so that merging it brings the work and nothing else; null: nobody can tell what it was. */
async function workOf(
  world: World,
  { taskId, sha, tip, revertedBy }: RestoreEffect,
  base: string,
): Promise<string | null> {
  const repo = world.codeRepo;
  if (revertedBy === null && (await treeIdOf(repo, tip)) !== null) return tip;
  const upon = revertedBy ?? base;
  const folders = excludedFolders(world);
  const before = await beforeLanding(repo, sha);
  if (before !== null) {
    const again = await mergeOver(repo, { base: before, ours: upon, theirs: sha, folders });
    if ("tree" in again) return await beginAnew(world, { taskId, tree: again.tree, upon });
    // Other things were taken back with it, or somebody changed the same lines: the merge tells of that, and an agent mends it.
    return await beginAnew(world, { taskId, tree: (await treeIdOf(repo, sha)) ?? sha, upon: before });
  }
  const fork = (await isCommitHere(repo, tip)) ? await mergeBase(repo, base, tip) : null;
  return fork === null
    ? null
    : await beginAnew(world, { taskId, tree: (await treeIdOf(repo, tip)) ?? tip, upon: fork });
}

function writeLoss(
  world: World,
  { effect, snapshot, branchSha }: { effect: RestoreEffect; snapshot: Snapshot; branchSha: string | null },
): void {
  const { taskId, sha, tip } = effect;
  const task = snapshot.tasks.find(({ id }) => id === taskId)?.task ?? null;
  const what = lossWords(effect, world.settings().base);
  const first = task?.pr == null ? "" : "take `pr:` out of its file, then ";
  const again =
    branchSha === null
      ? "its work cannot be told from that of others any more: revert the revert to have it back"
      : `to merge it again: ${first}kanband move ${taskId} done`;
  const reason = `${what}; ${again}; to leave it out: kanband move ${taskId} backlog`;
  const text = branchSha === null ? `${reason}.` : `${what}. Its branch has its work: ${branchSha}.`;
  writeMerge(world, subjectNow(world, snapshot, { taskId, branchSha: branchSha ?? tip }), {
    verdict: LOST,
    reason,
    text,
    mergedAs: sha,
  });
}

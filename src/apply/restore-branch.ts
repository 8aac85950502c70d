import { LOST, lossWords } from "../board/landed.ts";
import type { Effect } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor, moveBranch } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { mergeOver } from "../git/merge-over.ts";
import { parentsOf, treeIdOf } from "../git/objects.ts";
import { preserve } from "../git/preserve-ref.ts";
import { beforeLanding } from "./before-landing.ts";
import { beginAnew } from "./begin-anew.ts";
import { writeMerge } from "./merge-session.ts";
import { subjectNow } from "./merge-subject.ts";
import { baseRefOf, branchRefOf, excludedFolders, type World } from "./world.ts";

type RestoreEffect = Extract<Effect, { kind: "restore-branch" }>;

/**
 * After a merge was lost: makes the task's branch again, so that accepting it merges it anew, and says in `merge.md` what happened. A
 * branch that holds newer work stays as it is. Codes: GIT_FAILED, GIT_LOCKED, REF_MOVED.
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
    await moveBranch(repo, ref, branch, sha);
    failpoint("apply.lost.after-branch");
  }
  if (sha !== null) writeLoss(world, { effect, snapshot, branchSha: sha });
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

async function workOf(world: World, { taskId, sha, tip, revertedBy }: RestoreEffect, base: string): Promise<string> {
  const repo = world.codeRepo;
  if (revertedBy === null && (await treeIdOf(repo, tip)) !== null) return tip;
  const upon = revertedBy ?? base;
  const folders = excludedFolders(world);
  const before = await beforeLanding(repo, sha);
  const again = before === null ? null : await mergeOver(repo, { base: before, ours: upon, theirs: sha, folders });
  if (again !== null && "tree" in again) return await beginAnew(world, { taskId, tree: again.tree, upon });
  // Other things were taken back with it, and stand in its way.
  const [unreverted] = revertedBy === null ? [] : await parentsOf(repo, revertedBy);
  const tree = unreverted === undefined ? null : await treeIdOf(repo, unreverted);
  return tree === null ? sha : await beginAnew(world, { taskId, tree, upon });
}

function writeLoss(
  world: World,
  { effect, snapshot, branchSha }: { effect: RestoreEffect; snapshot: Snapshot; branchSha: string },
): void {
  const { taskId, sha } = effect;
  const task = snapshot.tasks.find(({ id }) => id === taskId)?.task ?? null;
  const what = lossWords(effect, world.settings().base);
  const first = task?.pr == null ? "" : "take `pr:` out of its file, then ";
  const reason = `${what}; to merge it again: ${first}kanband move ${taskId} done; to leave it out: kanband move ${taskId} backlog`;
  const text = `${what}. Its branch has its work: ${branchSha}.`;
  writeMerge(world, subjectNow(world, snapshot, { taskId, branchSha }), {
    verdict: LOST,
    reason,
    text,
    mergedAs: sha,
  });
}

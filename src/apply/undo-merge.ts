import { branchOf } from "../board/branch.ts";
import { formatCommit } from "../board/commit-message.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { advanceBase, commitTree } from "../git/merge.ts";
import { mergeOver } from "../git/merge-over.ts";
import { parentsOf, treeIdOf } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { listCheckouts } from "../git/worktree-admin.ts";
import { beforeLanding } from "./before-landing.ts";
import { beginAnew } from "./begin-anew.ts";
import { dirtyFiles } from "./dirty-files.ts";
import { UNDOES } from "./own-entries.ts";
import { intoAnother } from "./path-refusals.ts";
import { baseRefOf, branchRefOf, type World } from "./world.ts";

/** The commit of the base that takes a merge back, and the tip with which the branch begins anew. */
export type Begun = { sha: string; branchSha: string };

export type UndoneMerge =
  | ({ state: "undone" } & Begun)
  /** Nothing has changed. */
  | { state: "refused"; reason: string; hint?: string };

const TRIES = 10;

/**
 * Takes a merge back with a new commit of the base, and begins the task's branch anew upon it with the same work: the old
 * tip would count as merged for ever. Both at once: without its branch it would look like a task that had nothing to merge.
 * `before`: done when nothing is in the way and the base has not moved yet; what it answers takes it back. Dirty files of a
 * checkout are never touched. Codes: GIT_LOCKED, GIT_FAILED.
 */
export async function undoMerge(
  world: World,
  it: { taskId: string; landing: string; tip: string; before: (undone: Begun) => () => void },
): Promise<UndoneMerge> {
  const repo = world.codeRepo;
  const { taskId, landing, before } = it;
  const ref = baseRefOf(world);
  for (let tries = 0; tries < TRIES; tries++) {
    const branch = await resolveRef(repo, branchRefOf(taskId));
    const refused = await inTheWay(world, { taskId, branch, landed: it.tip });
    if (refused !== null) return { state: "refused", reason: refused };
    const tip = await resolveRef(repo, ref);
    if (tip === null || !(await isAncestor(repo, landing, tip)))
      return { state: "refused", reason: "the base does not hold the merge any more" };
    const beforeSha = await beforeLanding(repo, landing);
    if (beforeSha === null) {
      const reason = `the commits before ${landing.slice(0, 9)} are not those that came with it any more: \`git revert\` what is to go`;
      return { state: "refused", reason };
    }
    const without = await mergeOver(repo, { base: landing, ours: tip, theirs: beforeSha, folders: [] });
    if ("conflicts" in without) {
      const files = [...new Set(without.conflicts.map(({ path }) => path))].join(", ");
      const hint = `Undo first what came after it; or, by hand: \`${await revertOf(repo, landing, beforeSha)}\`.`;
      return { state: "refused", reason: `later changes rest upon it: ${files}`, hint };
    }
    if (without.tree === (await treeIdOf(repo, tip)))
      return { state: "refused", reason: `the base has nothing of ${landing.slice(0, 9)} that could be taken back` };
    const trailers = [["Task", taskId] as const, [UNDOES, landing] as const];
    const message = formatCommit([{ subject: `Undo the merge of ${taskId}`, trailers }]);
    const sha = await commitTree(repo, { tree: without.tree, parents: [tip], message });
    const branchSha = await beginAnew(world, { taskId, tree: (await treeIdOf(repo, tip)) ?? "", upon: sha });
    const also = [{ ref: branchRefOf(taskId), from: branch, to: branchSha }];
    const advance = await advanceBase(repo, {
      ref,
      from: tip,
      to: sha,
      also,
      before: () => before({ sha, branchSha }),
    });
    if (advance.state === "dirty") {
      const hint = `Commit or stash them there, then \`kanband undo ${taskId}\`.`;
      return { state: "refused", reason: `a checkout has changes in ${dirtyFiles(advance).join(", ")}`, hint };
    }
    if (advance.state === "held") return { state: "refused", reason: advance.reason };
    if (advance.state === "nested") return { state: "refused", reason: intoAnother(advance.files) };
    if (advance.state === "moved") return { state: "undone", sha, branchSha };
  }
  return { state: "refused", reason: "others move the base all the time" };
}

async function inTheWay(
  world: World,
  { taskId, branch, landed }: { taskId: string; branch: string | null; landed: string },
): Promise<string | null> {
  const repo = world.codeRepo;
  if (branch === null) return null;
  const base = await resolveRef(repo, baseRefOf(world));
  if (branch !== landed && (base === null || !(await isAncestor(repo, branch, base))))
    return `${branchOf(taskId)} holds newer work`;
  const held = listCheckouts(repo).find((it) => it.branch === branchOf(taskId));
  return held === undefined ? null : `${branchOf(taskId)} is checked out in ${held.top}`;
}

async function revertOf(repo: Repository, landing: string, before: string): Promise<string> {
  const short = landing.slice(0, 9);
  const isMerge = (await parentsOf(repo, landing)).length > 1;
  return `git revert ${isMerge ? "-m 1 " : `${before.slice(0, 9)}..`}${short}`;
}

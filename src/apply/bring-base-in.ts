import { branchOf } from "../board/branch.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor, mergeBase, moveBranch } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { commitTree, mergeTrees } from "../git/merge.ts";
import { preserveWorktree } from "../git/preserve.ts";
import { withFoldersOf } from "../git/swap-folders.ts";
import { freeWorktree } from "../git/worktrees.ts";
import { withConflictNotes } from "./conflict-notes.ts";
import { isSameCode } from "./convention-folders.ts";
import { baseSubject } from "./last-follow.ts";
import { madeBySetup } from "./setup-files.ts";
import type { TakenWorktree } from "./take-worktree.ts";
import { baseRefOf, CONVENTION_FOLDERS, excludedFolders, type World } from "./world.ts";

/**
 * Before the rework of a conflict: a merge of the base into the task's branch, with conflict markers where both changed the
 * same lines, and a note beside what has no lines. The agent mends the files, and the branch then merges into the base as it
 * is. The worktree has to be taken again afterwards. False: the branch holds the base already.
 */
export async function bringBaseIn(world: World, taskId: string, taken: TakenWorktree): Promise<boolean> {
  const repo = world.codeRepo;
  const base = await resolveRef(repo, baseRefOf(world));
  if (base === null || (await isAncestor(repo, base, taken.tip))) return false;
  // Brought in before a kill, say; since then only the board has moved.
  const fork = await mergeBase(repo, base, taken.tip);
  if (fork !== null && (await isSameCode(world, fork, base))) return false;
  const tree = await mergeWithMarkers(world, taskId, taken.tip, base);
  const message = `${baseSubject(world, taskId)}\n\nTask: ${taskId}\n`;
  const sha = await commitTree(repo, { tree, parents: [taken.tip, base], message });
  const { path } = taken;
  await preserveWorktree(repo, {
    id: taskId,
    path,
    message: `Keep what was unsaved on ${taskId}\n`,
    since: taken.tip,
    leave: madeBySetup(world, path),
  });
  failpoint("apply.conflict.before-branch");
  await freeWorktree(repo, { path, exclude: excludedFolders(world) });
  await moveBranch(repo, taken.branch, taken.tip, sha);
  failpoint("apply.conflict.after-branch");
  return true;
}

// Unlike a merge for the base, the tree of a conflict is wanted here.
async function mergeWithMarkers(world: World, taskId: string, ours: string, theirs: string): Promise<string> {
  const merge = await mergeTrees(world.codeRepo, ours, theirs);
  const names = { ours: branchOf(taskId), theirs: world.settings().base };
  const tree = "conflicts" in merge ? await withConflictNotes(world, merge, names) : merge.tree;
  // The board is the base's, without a conflict: a person may have rewritten what the branch has of it.
  return await withFoldersOf(world.codeRepo, { tree, from: theirs, folders: CONVENTION_FOLDERS });
}

import { branchOf } from "../board/branch.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor, mergeBase, moveBranch } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { commitTree, mergeTrees } from "../git/merge.ts";
import { mergeOver } from "../git/merge-over.ts";
import { preserveWorktree } from "../git/preserve.ts";
import { preserve } from "../git/preserve-ref.ts";
import { withFoldersOf } from "../git/swap-folders.ts";
import { freeWorktree } from "../git/worktrees.ts";
import { begunTrailers, lostStart } from "./begin-anew.ts";
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
  const start = await lostStart(world, { tip: taken.tip, baseSha: base, branchedFrom: null });
  const fork = start ?? (await mergeBase(repo, base, taken.tip));
  if (fork !== null && (await isSameCode(world, fork, base))) return false;
  const tree = await mergeWithMarkers(world, taskId, { ours: taken.tip, theirs: base, start });
  const sha = await commitTree(repo, { tree, ...(await joined(world, taskId, { tip: taken.tip, base, start })) });
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

// What the base lost does not come back with it: the branch begins anew once more.
async function joined(
  world: World,
  taskId: string,
  { tip, base, start }: { tip: string; base: string; start: string | null },
): Promise<{ parents: string[]; message: string }> {
  const subject = baseSubject(world, taskId);
  if (start === null) return { parents: [tip, base], message: `${subject}\n\nTask: ${taskId}\n` };
  await preserve(world.codeRepo, { id: taskId, sha: tip });
  const trailers = begunTrailers(taskId, base).map(([key, value]) => `${key}: ${value}\n`);
  return { parents: [base], message: `${subject}\n\n${trailers.join("")}` };
}

// Unlike a merge for the base, the tree of a conflict is wanted here.
async function mergeWithMarkers(
  world: World,
  taskId: string,
  { ours, theirs, start }: { ours: string; theirs: string; start: string | null },
): Promise<string> {
  const merge =
    start === null
      ? await mergeTrees(world.codeRepo, ours, theirs)
      : await mergeOver(world.codeRepo, { base: start, ours, theirs, folders: [] });
  const names = { ours: branchOf(taskId), theirs: world.settings().base };
  const tree = "conflicts" in merge ? await withConflictNotes(world, merge, names) : merge.tree;
  // The board is the base's, without a conflict: a person may have rewritten what the branch has of it.
  return await withFoldersOf(world.codeRepo, { tree, from: theirs, folders: CONVENTION_FOLDERS });
}

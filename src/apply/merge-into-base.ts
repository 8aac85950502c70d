import { mergeBase } from "../git/branches.ts";
import { commitTree, type MergedTree, mergeTrees } from "../git/merge.ts";
import { mergeOver } from "../git/merge-over.ts";
import { withFoldersOf } from "../git/swap-folders.ts";
import { lostStart } from "./begin-anew.ts";
import { isInherited } from "./branch-board.ts";
import { differingFolder, isOfConvention } from "./convention-folders.ts";
import { CONVENTION_FOLDERS, type World } from "./world.ts";

/**
 * Merges a task's branch into the base as a tree. Where board and code share a branch, the task's branch holds the board as it
 * was when it left the base, or as the daemon brought it in later. A person may since have rewritten the base (`git pull
 * --rebase`), the daemon's own commits among it, and then both sides have changed the same board: what the branch merely
 * inherited is left out. What its agent changed there is not, and is refused by whoever asked. Of a branch that began anew at a
 * commit which the base lost, what differs from there is merged, whatever else the two have in common.
 */
export async function mergeIntoBase(
  world: World,
  it: { baseSha: string; branchSha: string; branchedFrom: string | null },
): Promise<MergedTree> {
  const { baseSha, branchSha, branchedFrom } = it;
  const start = await lostStart(world, { ...it, tip: branchSha });
  if (start !== null)
    return await mergeOver(world.codeRepo, { base: start, ours: baseSha, theirs: branchSha, folders: [] });
  const merged = await mergeTrees(world.codeRepo, baseSha, branchSha);
  if (!(await touchesConvention(world, baseSha, merged))) return merged;
  if (!(await isInherited(world, { tip: branchSha, branchedFrom }))) return merged;
  const fork = await mergeBase(world.codeRepo, baseSha, branchSha);
  if (fork === null) return merged;
  const tree = await withFoldersOf(world.codeRepo, { tree: branchSha, from: fork, folders: CONVENTION_FOLDERS });
  // For the merge alone: no ref ever holds it.
  const branch = await commitTree(world.codeRepo, { tree, parents: [fork], message: "The branch without its board\n" });
  return await mergeTrees(world.codeRepo, baseSha, branch);
}

async function touchesConvention(world: World, baseSha: string, merged: MergedTree): Promise<boolean> {
  if ("conflicts" in merged) return merged.conflicts.some(({ path }) => isOfConvention(path));
  return (await differingFolder(world, baseSha, merged.tree)) !== null;
}

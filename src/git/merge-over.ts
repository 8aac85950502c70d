import { commitTree } from "./commit-object.ts";
import { type MergedTree, mergeTrees } from "./merge.ts";
import { treeIdOf } from "./objects.ts";
import type { Repository } from "./repository.ts";
import { withFoldersOf } from "./swap-folders.ts";

/**
 * Merges two commits as if `base` were what they have in common, whatever their histories say: what is new is what differs
 * from there. `folders`: top-level folders that are not merged, but as `ours` has them. Code: GIT_FAILED.
 */
export async function mergeOver(
  repo: Repository,
  { base, ours, theirs, folders }: { base: string; ours: string; theirs: string; folders: readonly string[] },
): Promise<MergedTree> {
  // Git 2.38 takes no merge base: these commits have one, and no ref ever holds them.
  const commitOf = async (tree: string, parents: readonly string[]): Promise<string> =>
    await commitTree(repo, { tree, parents, message: "For one merge alone\n" });
  const below = await commitOf(await withFoldersOf(repo, { tree: base, from: ours, folders }), []);
  const one = await commitOf((await treeIdOf(repo, ours)) ?? ours, [below]);
  const other = await commitOf(await withFoldersOf(repo, { tree: theirs, from: ours, folders }), [below]);
  return await mergeTrees(repo, one, other);
}

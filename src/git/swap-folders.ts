import { makeObject, writeObjects } from "./loose-object.ts";
import { findPath, treeById, treeIdOf } from "./objects.ts";
import type { Repository } from "./repository.ts";
import { editTree } from "./tree.ts";

/**
 * The tree of a commit (or tree) in which some top-level folders are those of another: as they are there, or not there at all.
 * Answers the id of the tree, which is written. Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function withFoldersOf(
  repo: Repository,
  { tree, from, folders }: { tree: string; from: string; folders: readonly string[] },
): Promise<string> {
  const id = await treeIdOf(repo, tree);
  const old = await treeById(repo, id ?? tree);
  const edits = await Promise.all(
    folders.map(async (name) => {
      const entry = await findPath(repo, from, name);
      return { name, to: entry === null ? null : { mode: entry.mode, sha: entry.sha } };
    }),
  );
  const made = makeObject(repo, "tree", editTree(old, edits).raw);
  await writeObjects(repo, [made]);
  return made.sha;
}

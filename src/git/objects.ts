import { KanbandError } from "../errors.ts";
import type { Repository } from "./repository.ts";
import { emptyTree, findEntry, listTree, parseTree, type Tree, type TreeEntry } from "./tree.ts";

/**
 * The entries of a folder in a commit or tree, given by id or full ref name; `[]` when it is not there.
 * Kept by tree id, so a second look costs nothing. Code: GIT_FAILED.
 */
export async function readTree(repo: Repository, treeish: string, path = ""): Promise<readonly TreeEntry[]> {
  const root = await treeIdOf(repo, treeish);
  const sha = root === null ? null : await walk(repo, root, path);
  return sha === null ? [] : await listOf(repo, sha);
}

/** The bytes of a blob; null when it is not there. */
export async function readBlob(repo: Repository, sha: string): Promise<Buffer | null> {
  const object = await repo.catFile.read(sha);
  return object?.type === "blob" ? object.bytes : null;
}

/** The bytes of a file as a commit has it; null when it is not there. */
export async function showFile(repo: Repository, treeish: string, path: string): Promise<Buffer | null> {
  const entry = await findPath(repo, treeish, path);
  return entry?.type === "blob" ? await readBlob(repo, entry.sha) : null;
}

/** What stands at a path in a commit or tree; null when nothing does. */
export async function findPath(repo: Repository, treeish: string, path: string): Promise<TreeEntry | null> {
  const at = path.lastIndexOf("/");
  const root = await treeIdOf(repo, treeish);
  const folder = root === null ? null : await walk(repo, root, at < 0 ? "" : path.slice(0, at));
  return folder === null ? null : findEntry(await treeById(repo, folder), path.slice(at + 1));
}

/** The tree object with this id. */
export async function treeById(repo: Repository, sha: string): Promise<Tree> {
  const known = repo.cache.trees.get(sha);
  if (known !== undefined) return known;
  const object = await repo.catFile.read(sha);
  if (object?.type !== "tree") throw new KanbandError("GIT_FAILED", `The tree ${sha} is missing in ${repo.commonDir}`);
  const tree = parseTree(object.bytes, sha.length / 2);
  repo.cache.trees.set(sha, tree);
  return tree;
}

/** The id of the root tree; null when there is no such commit or tree. */
export async function treeIdOf(repo: Repository, treeish: string): Promise<string | null> {
  const known = repo.cache.treeOf.get(treeish);
  if (known !== undefined) return known;
  const object = await repo.catFile.look(`${treeish}^{tree}`);
  if (object === null) return null;
  if (isObjectId(treeish)) repo.cache.treeOf.set(treeish, object.sha);
  return object.sha;
}

/** The parents of a commit; none when there is no such commit, or what was before it is not here. */
export async function parentsOf(repo: Repository, sha: string): Promise<readonly string[]> {
  const known = repo.cache.parents.get(sha);
  if (known !== undefined) return known;
  const object = await repo.catFile.read(sha);
  if (object?.type !== "commit") return [];
  const text = object.bytes.toString("latin1");
  const header = text.slice(0, text.indexOf("\n\n"));
  const parents = [...header.matchAll(/^parent ([0-9a-f]+)$/gm)].map((it) => it[1] ?? "");
  repo.cache.parents.set(sha, parents);
  return parents;
}

/** A tree with nothing in it. */
export function noTree(repo: Repository): Tree {
  return emptyTree(repo.objectFormat === "sha1" ? 20 : 32);
}

/** Whether a text is a full object id, SHA-1 or SHA-256. */
export function isObjectId(name: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name);
}

async function listOf(repo: Repository, sha: string): Promise<readonly TreeEntry[]> {
  const known = repo.cache.lists.get(sha);
  if (known !== undefined) return known;
  const entries = listTree(await treeById(repo, sha));
  repo.cache.lists.set(sha, entries);
  return entries;
}

async function walk(repo: Repository, root: string, path: string): Promise<string | null> {
  let sha = root;
  for (const name of path.split("/").filter((it) => it !== "")) {
    const entry = findEntry(await treeById(repo, sha), name);
    if (entry?.type !== "tree") return null;
    sha = entry.sha;
  }
  return sha;
}

import { makeObject, type NewObject } from "./loose-object.ts";
import { noTree, treeById } from "./objects.ts";
import type { Target } from "./path-targets.ts";
import type { Repository } from "./repository.ts";
import { editTree, findEntry, type Tree, type TreeEdit, type TreeEntry } from "./tree.ts";

export type BuiltTree = {
  sha: string;
  /** Trees that may not exist yet. */
  objects: NewObject[];
  /** Paths that differ from the tree it was built upon. */
  changed: string[];
};

/** The tree with the targets put in. Only the folders on their paths are written anew; an empty folder disappears. */
export async function buildTree(
  repo: Repository,
  root: string | null,
  targets: ReadonlyMap<string, Target>,
): Promise<BuiltTree> {
  const built: BuiltTree = { sha: "", objects: [], changed: [] };
  const tree = root === null ? noTree(repo) : await treeById(repo, root);
  const next = await buildFolder(repo, tree, "", sproutBranches(targets), built);
  built.sha = next === tree && root !== null ? root : keep(repo, next, built);
  return built;
}

/** A folder of targets: what a name is to be, and what is to be below it. */
type Branch = { target?: Target; below: Map<string, Branch> };

function sproutBranches(targets: ReadonlyMap<string, Target>): Map<string, Branch> {
  const root: Branch = { below: new Map() };
  for (const [path, target] of targets) {
    let branch = root;
    for (const name of path.split("/")) {
      const next = branch.below.get(name) ?? { below: new Map() };
      branch.below.set(name, next);
      branch = next;
    }
    branch.target = target;
  }
  return root.below;
}

async function buildFolder(
  repo: Repository,
  tree: Tree,
  prefix: string,
  branches: ReadonlyMap<string, Branch>,
  built: BuiltTree,
): Promise<Tree> {
  const edits: TreeEdit[] = [];
  for (const [name, branch] of branches) {
    const old = findEntry(tree, name);
    const edit = await buildEntry(repo, old, `${prefix}${name}`, branch, built);
    if (edit !== "same") edits.push({ name, to: edit });
  }
  return edits.length === 0 ? tree : editTree(tree, edits);
}

async function buildEntry(
  repo: Repository,
  old: TreeEntry | null,
  path: string,
  { target, below }: Branch,
  built: BuiltTree,
): Promise<TreeEdit["to"] | "same"> {
  const to = target?.to ?? null;
  if (to !== null) {
    if (old?.sha === to.sha && old.mode === to.mode) return "same";
    built.changed.push(path);
    return to;
  }
  const wasFolder = old?.type === "tree";
  const isRemoved = target !== undefined && old !== null && !wasFolder;
  if (isRemoved) built.changed.push(path);
  if (below.size === 0) return isRemoved ? null : "same";
  const before = wasFolder ? await treeById(repo, old.sha) : noTree(repo);
  const after = await buildFolder(repo, before, `${path}/`, below, built);
  if (after === before) return isRemoved ? null : "same";
  if (after.raw.length === 0) return old === null ? "same" : null;
  return { mode: "40000", sha: keep(repo, after, built) };
}

function keep(repo: Repository, tree: Tree, built: BuiltTree): string {
  const object = makeObject(repo, "tree", tree.raw);
  repo.cache.trees.set(object.sha, tree);
  built.objects.push(object);
  return object.sha;
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { KanbandError } from "../errors.ts";
import { copyIndex, mendIndex } from "./capture-index.ts";
import { addNested } from "./capture-nested.ts";
import { ignoreToo } from "./ignore-too.ts";
import { makeObject, writeObjects } from "./loose-object.ts";
import { findPath, treeById, treeIdOf } from "./objects.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";
import { findExtras } from "./reset-files.ts";
import { git, gitResult, gitWithInput } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";
import { readExcluded, SPARSE } from "./sparse.ts";
import { lookAtSubmodules, pickSubmodules } from "./submodules.ts";
import { editTree, findEntry } from "./tree.ts";
import { findRegistration } from "./worktree-admin.ts";

/** A working tree as one tree object. Nothing in the working tree, its index or its branch has changed. */
export type Capture = {
  tree: string;
  /** Paths that differ from HEAD's commit; empty when the tree is HEAD's. */
  files: string[];
  /** Folders that were repositories of their own; their files are in the tree as plain files. */
  nested: string[];
  /**
   * What no commit can hold: unreadable, of a name that git refuses, a nested repository of enormous size, or a submodule
   * with work of its own.
   */
  left: string[];
  /** An index of our own that fits the tree; the worktree's own need not. Who called for the capture removes it. */
  index: string;
  isIndexNew: boolean;
  /** What is ignored, where that was asked for and nothing else is left over; null: not known. */
  ignored: string[] | null;
};

/** The changed and untracked files of a worktree, whatever was planted in it. Code: WORKTREE_BROKEN. */
export async function worktreeStatus(repo: Repository, path: string): Promise<{ dirty: string[] }> {
  const registration = findRegistration(repo, path);
  if (registration === null) throw new KanbandError("WORKTREE_BROKEN", `${path} is not a registered worktree`);
  const { files, nested } = await lookForChanges(registration, {}, repo.userConfig);
  return { dirty: [...files, ...nested] };
}

/**
 * Takes everything in a working tree that is not ignored, through an index of its own. The index of the worktree is only a
 * start: what an agent hid in it (assume-unchanged, gitlinks) is brought to light. Hooks, filters and monitors never run.
 * `leave`: untracked files that are left out as if they were ignored.
 */
export async function captureTree(
  repo: Repository,
  place: GitPlace,
  headSha: string,
  { withIgnored = false, leave = [] }: { withIgnored?: boolean; leave?: readonly string[] } = {},
): Promise<Capture> {
  const ignore = ignoreToo(repo, place, leave);
  try {
    return await capture(repo, place, headSha, { ignore: ignore.config, withIgnored });
  } finally {
    ignore.end();
  }
}

async function capture(
  repo: Repository,
  place: GitPlace,
  headSha: string,
  { ignore, withIgnored }: { ignore: readonly string[]; withIgnored: boolean },
): Promise<Capture> {
  const index = join(place.gitDir, "kanband-index");
  const extras = findExtras(repo, place, headSha);
  if (extras !== null) {
    const tree = (await treeIdOf(repo, headSha)) ?? "";
    return { tree, files: [], nested: [], left: [], index, isIndexNew: false, ignored: withIgnored ? extras : null };
  }
  const inIndex = { GIT_INDEX_FILE: index };
  copyIndex(place, index);
  const { isMended, isPlain, submodules } = await mendIndex(repo, place, index, headSha);
  const seen = await lookForChanges(place, inIndex, ignore, { withIgnored });
  // Submodules whose entries an agent dropped, and whose files are none of this repository's.
  const dropped = await pickSubmodules(repo, headSha, seen.nested);
  const nested = seen.nested.filter((it) => !dropped.has(it));
  const { work, moved } = await lookAtSubmodules(place, new Map([...submodules, ...dropped]));
  const files = [...seen.files, ...moved];
  const headTree = (await treeIdOf(repo, headSha)) ?? "";
  if (files.length + nested.length + work.length + dropped.size === 0) {
    const ignored = withIgnored && isPlain ? seen.ignored : null;
    return { tree: headTree, files, nested, left: [], index, isIndexNew: isMended, ignored };
  }

  const env = { ...(await safeEnvironment(place)), ...inIndex };
  // One wait for the disk, however many files an agent wrote.
  const config = [...SPARSE, ...ignore, "advice.addEmbeddedRepo=false", "core.fsyncMethod=batch"];
  const links = [...dropped].map(([path, sha]) => `160000 ${sha}\t${path}\0`).join("");
  if (links !== "") await gitWithInput(place, ["update-index", "-z", "--index-info"], links, { env });
  const outside = [...nested, ...work].map((it) => `:(top,exclude,literal)${it}`);
  await gitResult(place, ["add", "-A", "--sparse", "--ignore-errors", "--", ":/", ...outside], {
    config,
    env,
    ok: [1],
  });
  const untaken = await addNested(repo, place, env, nested);
  const tree = await withExcluded(repo, place, headSha, (await git(place, ["write-tree"], { env, config })).trim());
  const after = { index, isIndexNew: true, ignored: null };
  const leftover = await lookForChanges(place, inIndex, ignore, { tree });
  const left = [...untaken, ...work, ...leftover.files];
  if (tree === headTree) return { ...after, tree, files: [], nested: [], left };
  return { ...after, tree, files: [...files, ...nested], nested, left };
}

async function lookForChanges(
  place: GitPlace,
  env: Readonly<Record<string, string>>,
  ignore: readonly string[],
  { tree, withIgnored = false }: { tree?: string; withIgnored?: boolean } = {},
): Promise<{ files: string[]; nested: string[]; ignored: string[] }> {
  const safe = await safeEnvironment(place);
  const config = [...SPARSE, ...ignore];
  const all = ["status", "--porcelain", "-z", "-uall", "--no-renames", "--ignore-submodules=all"];
  const args = withIgnored ? [...all, "--ignored=matching"] : all;
  const { stdout: text } = await gitWithInput(place, args, "", { env: { ...safe, ...env }, config });
  const entries = text.split("\0").filter((it) => it !== "");
  const ignored = entries.filter((it) => it.startsWith("!! ")).map((it) => it.slice(3));
  const changed = entries.filter((it) => !it.startsWith("!! "));
  // With everything added, only what differs from the index is still open.
  const open = tree === undefined ? changed : changed.filter((it) => it[1] !== " ");
  const paths = open.map((it) => it.slice(3));
  return { files: paths.filter((it) => !it.endsWith("/")), nested: nestedIn(paths), ignored };
}

// With `-uall` git goes into every untracked folder but those that are repositories.
function nestedIn(paths: readonly string[]): string[] {
  return paths.filter((it) => it.endsWith("/")).map((it) => it.slice(0, -1));
}

/** Folders the worktree leaves out stay as HEAD has them, should the agent have dropped them from its index. */
async function withExcluded(repo: Repository, place: GitPlace, headSha: string, tree: string): Promise<string> {
  let current = await treeById(repo, tree);
  for (const name of readExcluded(place)) {
    if (existsSync(join(place.top, name))) continue;
    const old = await findPath(repo, headSha, name);
    if (findEntry(current, name)?.sha === old?.sha) continue;
    current = editTree(current, [{ name, to: old === null ? null : { mode: old.mode, sha: old.sha } }]);
  }
  const object = makeObject(repo, "tree", current.raw);
  if (object.sha !== tree) await writeObjects(repo, [object]);
  return object.sha;
}

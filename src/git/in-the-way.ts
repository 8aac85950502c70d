import { type Dirent, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FileDiff } from "./diff-trees.ts";
import type { Look } from "./on-disk.ts";

/**
 * What stands where a diff brings something new and would be lost with it: not what the diff takes away itself, as where a file
 * becomes a folder or a folder a file. A folder that holds nothing of git's is named as a whole, with a slash.
 */
export function findInTheWay(top: string, look: Look, diffs: readonly FileDiff[]): string[] {
  const leaving = new Set(diffs.filter(({ status }) => status === "D").map(({ path }) => path));
  const way = new Set<string>();
  for (const { path, newMode } of diffs.filter(({ status }) => status === "A")) {
    const above = look.above(path);
    if (above !== null && !leaving.has(above)) way.add(above);
    // The folder of a submodule may be there, and have its files.
    if (look.at(path)?.isDirectory() === true && newMode !== SUBMODULE) {
      for (const it of strangersIn(top, path, { leaving, folders: foldersOf(leaving) })) way.add(it);
    }
  }
  return [...way];
}

/**
 * Paths that somebody staged where they and those of a diff cannot both be: a file in the place of a folder, or in a folder in
 * the place of a file. `staged` are all that an index holds besides HEAD.
 */
export function findStagedInTheWay(staged: readonly string[], diffs: readonly FileDiff[]): string[] {
  const all = new Set(diffs.map(({ path }) => path));
  const coming = new Set(diffs.filter(({ status }) => status === "A").map(({ path }) => path));
  const folders = foldersOf(coming);
  return staged.filter((path) => {
    return !all.has(path) && (folders.has(path) || [...foldersOf([path])].some((it) => coming.has(it)));
  });
}

const SUBMODULE = "160000";

type Known = { leaving: ReadonlySet<string>; folders: ReadonlySet<string> };

function strangersIn(top: string, folder: string, known: Known): string[] {
  const entries = entriesOf(join(top, folder));
  if (entries === null) return [`${folder}/`];
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return known.leaving.has(path) ? [] : [path];
    if (known.folders.has(path)) return strangersIn(top, path, known);
    return holdsNothing(join(top, path)) ? [] : [`${path}/`];
  });
}

/** Whether a folder has no file, in its folders either. */
export function holdsNothing(folder: string): boolean {
  const entries = entriesOf(folder);
  return entries !== null && entries.every((it) => it.isDirectory() && holdsNothing(join(folder, it.name)));
}

/** Null: it may not be looked into. */
function entriesOf(folder: string): Dirent[] | null {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return null;
  }
}

/** Every folder on the way to these paths. */
export function foldersOf(paths: Iterable<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let folder = dirname(path); folder !== "." && !folders.has(folder); folder = dirname(folder))
      folders.add(folder);
  }
  return folders;
}

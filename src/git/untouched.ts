import { lstatSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { FileDiff } from "./diff-trees.ts";
import { isAsWritten } from "./pristine.ts";
import type { GitPlace } from "./profile.ts";
import { entryId, LINK, PLAIN_FLAGS, type RawEntry, walkIndex } from "./read-index.ts";
import type { ObjectFormat } from "./repository.ts";

/**
 * Whether a working tree and its index hold the old side of each of these differences, as git wrote it: by id, inode, size and
 * times, in real folders, and with nothing where something is to come; and no conflict anywhere. False where that is not so, or
 * cannot be told so simply: then git has to look. Nobody may write the index meanwhile.
 */
export function areUntouched(place: GitPlace, format: ObjectFormat, diffs: readonly FileDiff[]): boolean {
  const open = new Map(diffs.map((it) => [it.path, it]));
  if (diffs.some(({ oldMode, newMode }) => [oldMode, newMode].includes(SUBMODULE))) return false;
  if (!foldersOf(open.keys()).every((it) => isFolderOrNothing(join(place.top, it)))) return false;
  const index = join(place.gitDir, "index");
  const writtenNs = statSync(index, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0n;
  const isBesideAdded = besideAdded(diffs);
  const isRead = walkIndex(index, format, (entry) => {
    const path = entry.bytes.toString("utf8", entry.nameAt, entry.nameEnd);
    const diff = open.get(path);
    if (diff === undefined) return (entry.flags & STAGE) === 0 && !isBesideAdded(path);
    open.delete(path);
    return isOldSide(entry, diff, format) && isAsWritten(place, path, entry, writtenNs);
  });
  return isRead && [...open.values()].every(({ path, status }) => status === "A" && isNothing(join(place.top, path)));
}

const SUBMODULE = LINK.toString(8);
/** Of an entry in the midst of a conflict. */
const STAGE = 0x3000;

/**
 * Whether an entry that stays is above or below a path that comes: its file may be gone, and then only the index tells that both
 * cannot be. Entries are sorted: most are in the folder of the one before.
 */
function besideAdded(diffs: readonly FileDiff[]): (path: string) => boolean {
  const added = new Set(diffs.filter(({ status }) => status === "A").map(({ path }) => path));
  const above = new Set(foldersOf(added));
  let last: { folder: string; isBelow: boolean } | null = null;
  return (path) => {
    if (added.size === 0) return false;
    const folder = dirname(path);
    if (last?.folder !== folder)
      last = { folder, isBelow: [folder, ...foldersOf([folder])].some((it) => added.has(it)) };
    return last.isBelow || above.has(path);
  };
}

function isOldSide(entry: RawEntry, { oldMode, oldSha }: FileDiff, format: ObjectFormat): boolean {
  const isPlain = (entry.flags & ~PLAIN_FLAGS) === 0 && entry.more === 0;
  return isPlain && entryId(entry, format) === oldSha && entry.mode.toString(8) === oldMode;
}

/** Every folder on the way to these paths. */
function foldersOf(paths: Iterable<string>): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let folder = dirname(path); folder !== "." && !folders.has(folder); folder = dirname(folder))
      folders.add(folder);
  }
  return [...folders];
}

function isFolderOrNothing(path: string): boolean {
  const stat = statOf(path);
  return stat === null || (stat !== "in-the-way" && stat.isDirectory());
}

function isNothing(path: string): boolean {
  return statOf(path) === null;
}

function statOf(path: string): Stats | "in-the-way" | null {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) ?? null;
  } catch {
    // A file stands where the path has a folder.
    return "in-the-way";
  }
}

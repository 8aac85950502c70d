import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { blobSha, formatOf } from "./blob-sha.ts";
import type { Entry } from "./displaced-entry.ts";
import { closeEntry, dropEntry, keepForGood, readEntry, swapIn } from "./displaced-entry.ts";
import { hasCode, linkOrRename, orWriteFailed } from "./place.ts";

// How long an editor may take between opening a file and writing it.
const WATCH_MS = 5_000;
// A file that changed a moment ago may be half-written.
const SETTLE_MS = 100;

// A cache: displaced files that held what they held when they were taken, by their stat data. The loop looks at each of them
// in every turn.
const UNTOUCHED = new Map<string, string>();

export type Recovered = {
  /** Where the text belongs. */
  path: string;
  bytes: Buffer;
  /** True: it is in its place again. False: the place holds something else by now, and the text is at `keptAt`. */
  isBack: boolean;
  keptAt: string | null;
};

/**
 * Finds what a person's editor wrote into a file after it was displaced, and puts it back where its successor is unchanged.
 * Also ends edits that a crash cut in two, so it must run before the first look at the board, and then on each sweep.
 * Displaced files that nobody touched for 5 s go away.
 */
export function recoverDisplaced(displacedDir: string): Recovered[] {
  const entries = listEntries(displacedDir);
  return entries.flatMap((entry) => orWriteFailed(entry.note.from, () => settle(entry, entries)) ?? []);
}

type Listed = NonNullable<ReturnType<typeof readEntry>>;

function settle(entry: Listed, entries: readonly Listed[]): Recovered | null {
  const { store, note } = entry;
  if (entry.state !== "closed" && isUnderWay(entry)) return null;
  const stat = lstatSync(store, { throwIfNoEntry: false, bigint: true });
  if (stat === undefined) {
    dropEntry(entry);
    return null;
  }
  if (entry.state !== "closed" && restore(entry, entries)) return null;
  const now = Date.now();
  const stamp = `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
  const bytes = UNTOUCHED.get(store) === stamp ? null : readFileSync(store);
  const isUntouched = bytes === null || blobSha(bytes, formatOf(note.old)) === note.old;
  const changedAt = Number(stat.mtimeMs);
  // An emptied file is one that is about to be written; nobody typed nothing.
  if (isUntouched || bytes.length === 0) {
    const isOver = now - Math.max(entry.takenAt, isUntouched ? 0 : changedAt) > WATCH_MS;
    // A write in the very moment of the look could leave the same times.
    if (isUntouched && !isOver && now - Number(stat.ctimeMs) > SETTLE_MS) UNTOUCHED.set(store, stamp);
    else UNTOUCHED.delete(store);
    if (isOver) dropEntry(entry);
    return null;
  }
  UNTOUCHED.delete(store);
  if (now - changedAt < SETTLE_MS) return null;
  const place = successor(entry, entries);
  if (place !== null && swapIn(entry, place.path, place.blob))
    return { path: place.path, bytes, isBack: true, keptAt: null };
  return { path: place?.path ?? note.from, bytes, isBack: false, keptAt: keepForGood(entry) };
}

/**
 * Whether another process that lives, a command of a person beside the daemon, is in the middle of it. What was begun before
 * this one started is of one that is gone, whoever has its number now.
 */
function isUnderWay({ pid, takenAt }: Listed): boolean {
  if (pid === null || pid === process.pid || takenAt < performance.timeOrigin) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!hasCode(error, "EPERM")) return false;
  }
  return Date.now() - takenAt < WATCH_MS;
}

/** A crash left the file's place empty: it goes back; true when it did. */
function restore(entry: Listed, entries: readonly Listed[]): boolean {
  const { from, to } = entry.note;
  const place = entry.state === "returning" ? (successor(entry, entries)?.path ?? from) : to === null ? from : to;
  const isEmpty = lstatSync(place, { throwIfNoEntry: false }) === undefined;
  // A file that went elsewhere was in its new place before it left the old one: a person has moved it on since.
  if (!isEmpty || (entry.state === "taking" && to !== null && to !== from)) {
    closeEntry(entry);
    return false;
  }
  linkOrRename(entry.store, place, { isMove: true });
  dropEntry(entry);
  return true;
}

/** Where the newest version of the file stands, after any further edits of ours. */
function successor(entry: Entry, entries: readonly Entry[]): { path: string; blob: string } | null {
  let { to: path, placed: blob } = entry.note;
  for (let next: Entry | undefined = entry, seen = 0; next !== undefined && seen <= entries.length; seen++) {
    ({ to: path, placed: blob } = next.note);
    next = entries.find(({ note }) => note.from === path && note.old === blob);
  }
  return path === null || blob === null ? null : { path, blob };
}

function listEntries(displacedDir: string): Listed[] {
  try {
    return readdirSync(displacedDir).flatMap((name) => readEntry(join(displacedDir, name)) ?? []);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

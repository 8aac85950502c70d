import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { KanbandError } from "../errors.ts";
import { blobSha, formatOf } from "./blob-sha.ts";
import { failpoint } from "./failpoint.ts";
import { hasCode, linkOrRename, nonce, syncFolder, takenPathFor } from "./place.ts";

/** What a displaced file was, and what stands in its place. */
export type Note = {
  from: string;
  /** Where the new version went; null when the file was removed. */
  to: string | null;
  /** Blob id of the bytes when it was taken. */
  old: string;
  /** Blob id of the new version. */
  placed: string | null;
};

/** One displaced file: the file itself in `store`, and a note beside it, whose name says how far the edit came. */
export type Entry = { notePath: string; store: string; note: Note };

/**
 * How far the edit came. taking: the file may be out of its place, which is empty then; returning: it is about to go back into
 * its place, which may be empty until then; closed: its successor is in place.
 */
const STATES = ["taking", "returning", "closed"] as const;
type State = (typeof STATES)[number];

/**
 * Announces that a file is about to be displaced. The note is the target of a symbolic link: one system call, never half there,
 * and as durable as the rename that follows it.
 */
export function openEntry(displacedDir: string, note: Note, dev: bigint): Entry {
  const id = nonce();
  // A file can only be taken within its file system; elsewhere it stays beside its place, under a name nobody reads.
  const isNear = statSync(displacedDir, { bigint: true }).dev === dev;
  const store = isNear ? join(displacedDir, `${id}.old`) : join(dirname(note.from), `.kanband-${id}.kept`);
  const notePath = join(displacedDir, `${id}.${"taking" satisfies State}`);
  symlinkSync(JSON.stringify({ ...note, store, pid: process.pid }), notePath);
  return { notePath, store, note };
}

/** The edit is done: the displaced file is now only watched for late writes. */
export function closeEntry(entry: Entry): void {
  mark(entry, "closed");
}

function mark(entry: Entry, state: State): void {
  const marked = join(dirname(entry.notePath), `${basename(entry.notePath).replace(/\..*$/, "")}.${state}`);
  renameSync(entry.notePath, marked);
  entry.notePath = marked;
}

/** Removes a displaced file that nobody misses, and its note. */
export function dropEntry(entry: Entry): void {
  rmSync(entry.store, { force: true });
  rmSync(entry.notePath, { force: true });
}

/** Moves a version that lost its place to `kept/`, where nothing is ever removed; returns the path. */
export function keepForGood(entry: Entry): string {
  const kept = join(dirname(entry.notePath), "kept", `${nonce()}-${basename(entry.note.from)}`);
  mkdirSync(dirname(kept), { recursive: true });
  renameOrCopy(entry.store, kept);
  rmSync(entry.notePath, { force: true });
  return kept;
}

/** Null when the name is not that of a note. */
export function readEntry(notePath: string): (Entry & { state: State; takenAt: number; pid: number | null }) | null {
  const state = STATES.find((it) => notePath.endsWith(`.${it}`));
  if (state === undefined) return null;
  const { store, pid, ...note } = JSON.parse(readlinkSync(notePath)) as Note & { store: string; pid?: number };
  return { notePath, store, note, state, takenAt: lstatSync(notePath).mtimeMs, pid: pid ?? null };
}

/** Whether the displaced file still holds what it held when it was taken. */
export function isUntouched({ store, note }: Entry): boolean {
  return holds(store, note.old);
}

/**
 * Puts a displaced file back in the place of `placed`, if that is still what is there. It is the same inode, so an editor that
 * still has it open goes on writing into the file that everybody sees. False when the place holds something else.
 */
export function swapIn(entry: Entry, path: string, placed: string | null): boolean {
  failpoint("files.putback.before-take");
  mark(entry, "returning");
  if (placed !== null && !withdraw(path, placed)) {
    mark(entry, "closed");
    return false;
  }
  failpoint("files.putback.after-take");
  try {
    linkOrRename(entry.store, path, { isMove: true });
  } catch (error) {
    if (!(error instanceof KanbandError && error.code === "FILE_EXISTS")) throw error;
    mark(entry, "closed");
    return false;
  }
  syncFolder(dirname(path));
  failpoint("files.putback.after-place");
  dropEntry(entry);
  return true;
}

/** Removes a file of ours unless somebody has changed it since: then it stays. True when it is gone. */
export function withdraw(path: string, placed: string): boolean {
  const aside = takenPathFor(path);
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
  if (holds(aside, placed)) {
    unlinkSync(aside);
    return true;
  }
  linkOrRename(aside, path, { isMove: true });
  return false;
}

function holds(path: string, blob: string): boolean {
  return blobSha(readFileSync(path), formatOf(blob)) === blob;
}

function renameOrCopy(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!hasCode(error, "EXDEV")) throw error;
    // The file stays beside its place; the one in `kept/` points to it.
    symlinkSync(from, to);
  }
}

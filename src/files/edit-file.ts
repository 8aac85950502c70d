import type { BigIntStats } from "node:fs";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { dirname } from "node:path";
import { KanbandError } from "../errors.ts";
import { blobSha, formatOf } from "./blob-sha.ts";
import type { Entry } from "./displaced-entry.ts";
import { closeEntry, dropEntry, isUntouched, keepForGood, openEntry, swapIn, withdraw } from "./displaced-entry.ts";
import { failpoint } from "./failpoint.ts";
import { hasCode, linkOrRename, orWriteFailed, syncFolder, tempPathFor } from "./place.ts";
import { writeTempFile } from "./temp-file.ts";

/**
 * Replaces a file that people edit too, if it still holds the bytes that were read (`expectBlob`, a git blob id); with
 * `toPath` it lands there instead, in one protocol; with `next` null it is removed. Nothing a person typed is lost:
 * the old file is never overwritten but taken out of its place as it is at that instant, looked at, and kept in
 * `displacedDir` for a while, where `recoverDisplaced` finds what an editor that had it open wrote into it afterwards.
 * `areFoldersSynced` false: the caller makes the names survive a power cut; the content does in any case.
 * Throws FILE_CHANGED when a person was first (their version is in place), FILE_EXISTS when `toPath` is taken, WRITE_FAILED.
 */
export function editFileDurably(
  path: string,
  expectBlob: string,
  next: Uint8Array | null,
  displacedDir: string,
  toPath: string = path,
  { areFoldersSynced = true } = {},
): void {
  orWriteFailed(path, () => {
    const old = statExpected(path, expectBlob);
    mkdirSync(displacedDir, { recursive: true });
    const temp = tempPathFor(toPath);
    try {
      if (next !== null) {
        if (toPath !== path) mkdirSync(dirname(toPath), { recursive: true });
        writeTempFile(temp, next, Number(old.mode & 0o7777n), "files.edit");
      }
      const placed = next === null ? null : blobSha(next, formatOf(expectBlob));
      const entry = openEntry(
        displacedDir,
        { from: path, to: next === null ? null : toPath, old: expectBlob, placed },
        old.dev,
      );
      const edit: Edit = { path, toPath, temp: next === null ? null : temp, entry, old, areFoldersSynced };
      if (toPath === path) replaceInPlace(edit);
      else replaceElsewhere(edit);
    } finally {
      rmSync(temp, { force: true });
    }
  });
}

type Edit = {
  path: string;
  toPath: string;
  temp: string | null;
  entry: Entry;
  old: BigIntStats;
  areFoldersSynced: boolean;
};

// The place is empty between take and place: a rename over it could destroy what a person put there at that very instant,
// an empty place cannot. A crash in between is mended by `recoverDisplaced` on the next start.
function replaceInPlace({ path, temp, entry, old, areFoldersSynced }: Edit): void {
  try {
    failpoint("files.edit.after-note");
    take(path, entry);
    failpoint("files.edit.after-take");
    if (!isSame(lstatSync(entry.store, { bigint: true }), old)) throw changed(path);
    if (temp !== null) linkOrRename(temp, path);
  } catch (error) {
    giveBack(path, entry);
    throw hasErrorCode(error, "FILE_EXISTS") ? changed(path) : error;
  }
  closeEntry(entry);
  failpoint("files.edit.after-place");
  if (areFoldersSynced) syncFolder(dirname(path));
  failpoint("files.edit.after-sync-folder");
  if (isUntouched(entry)) return;
  if (!swapIn(entry, path, entry.note.placed)) keepForGood(entry);
  throw changed(path);
}

// The new place is filled before the old one is emptied: a crash in between leaves two files, one of them an older version
// of the other, never none.
function replaceElsewhere({ path, toPath, temp, entry, old, areFoldersSynced }: Edit): void {
  let isPlaced = false;
  try {
    failpoint("files.edit.after-note");
    if (temp !== null) linkOrRename(temp, toPath);
    isPlaced = true;
    failpoint("files.edit.after-place");
    take(path, entry);
    failpoint("files.edit.after-take");
    if (!isSame(lstatSync(entry.store, { bigint: true }), old) || !isUntouched(entry)) throw changed(path);
  } catch (error) {
    giveBack(path, entry);
    if (isPlaced && entry.note.placed !== null) withdraw(toPath, entry.note.placed);
    throw error;
  }
  closeEntry(entry);
  if (areFoldersSynced) {
    syncFolder(dirname(toPath));
    syncFolder(dirname(path));
  }
  failpoint("files.edit.after-sync-folder");
}

/** Takes whatever file is at the path at this instant. */
function take(path: string, entry: Entry): void {
  try {
    renameSync(path, entry.store);
  } catch (error) {
    throw hasCode(error, "ENOENT") ? changed(path) : error;
  }
}

/** Undoes `take`. When somebody filled the place meanwhile, their file stays and the taken one is kept for good. */
function giveBack(path: string, entry: Entry): void {
  if (lstatSync(entry.store, { throwIfNoEntry: false }) === undefined) return dropEntry(entry);
  try {
    linkOrRename(entry.store, path, { isMove: true });
  } catch (error) {
    if (!hasErrorCode(error, "FILE_EXISTS")) throw error;
    keepForGood(entry);
    return;
  }
  dropEntry(entry);
}

function statExpected(path: string, expectBlob: string): BigIntStats {
  const descriptor = openExisting(path);
  try {
    const stat = fstatSync(descriptor, { bigint: true });
    const isExpected = stat.isFile() && blobSha(readFileSync(descriptor), formatOf(expectBlob)) === expectBlob;
    if (!isExpected) throw changed(path);
    return stat;
  } finally {
    closeSync(descriptor);
  }
}

// Neither through a symbolic link nor waiting for the writer of a FIFO.
function openExisting(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    throw hasCode(error, "ENOENT", "ENOTDIR", "ELOOP") ? changed(path) : error;
  }
}

function isSame(a: BigIntStats, b: BigIntStats): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mtimeNs === b.mtimeNs;
}

function changed(path: string): KanbandError {
  return new KanbandError("FILE_CHANGED", `${path} was changed by somebody else meanwhile`);
}

function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof KanbandError && error.code === code;
}

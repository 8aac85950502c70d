import { closeSync, lstatSync, mkdirSync, openSync, renameSync, rmSync, statSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { KanbandError } from "../errors.ts";
import { failpoint } from "./failpoint.ts";
import { listNames } from "./list-names.ts";
import {
  hasCode,
  isTempName,
  linkOrRename,
  orWriteFailed,
  syncFolder,
  takenFrom,
  takenPathFor,
  tempPathFor,
} from "./place.ts";
import { writeFully, writeTempFile } from "./temp-file.ts";

export { blobSha } from "./blob-sha.ts";
export { recoverDisplaced } from "./displaced.ts";
export { editFileDurably } from "./edit-file.ts";

export type WriteOptions = {
  mode?: number;
  /** False: a power cut may lose it (a kill never does). For what can be made again; saves two waits for the disk. */
  isSynced?: boolean;
};

/**
 * Replaces or makes a file so that a crash at any instant leaves the old one or the new one, whole.
 * For files that only the daemon writes; a file that people edit goes through `editFileDurably`. Throws WRITE_FAILED.
 */
export function writeFileDurably(path: string, bytes: string | Uint8Array, opts: WriteOptions = {}): void {
  const isSynced = opts.isSynced ?? true;
  const temp = tempPathFor(path);
  orWriteFailed(path, () => {
    try {
      writeTempFile(temp, toBytes(bytes), opts.mode ?? null, "files.write", isSynced);
      renameSync(temp, path);
    } catch (error) {
      rmSync(temp, { force: true });
      throw error;
    }
    failpoint("files.write.after-rename");
    if (isSynced) syncFolder(dirname(path));
    failpoint("files.write.after-sync-folder");
  });
}

/** Makes a file that is not there yet; its folder must exist. Throws FILE_EXISTS and leaves what is there, or WRITE_FAILED. */
export function createFileDurably(path: string, bytes: string | Uint8Array, mode: number | null = null): void {
  const temp = tempPathFor(path);
  orWriteFailed(path, () => {
    try {
      writeTempFile(temp, toBytes(bytes), mode, "files.create");
      linkOrRename(temp, path);
      failpoint("files.create.after-link");
    } finally {
      rmSync(temp, { force: true });
    }
    syncFolder(dirname(path));
    failpoint("files.create.after-sync-folder");
  });
}

/**
 * Moves a file, keeping its inode, so that an editor that has it open goes on writing into the same file.
 * Makes the target's folder. Never clobbers: FILE_EXISTS when the target is there. FILE_CHANGED when somebody put another
 * file at the old path meanwhile: both are kept, each in its place. `areFoldersSynced` false: the caller makes the names
 * survive a power cut.
 */
export function moveFileDurably(from: string, to: string, { areFoldersSynced = true } = {}): void {
  orWriteFailed(to, () => {
    mkdirSync(dirname(to), { recursive: true });
    failpoint("files.move.before-link");
    linkOrRename(from, to);
    const moved = lstatSync(to, { bigint: true }).ino;
    failpoint("files.move.after-link");
    const isReplaced = leaveOldPlace(from, moved);
    if (areFoldersSynced) syncFolder(dirname(to));
    if (areFoldersSynced && dirname(from) !== dirname(to)) syncFolder(dirname(from));
    failpoint("files.move.after-unlink");
    if (isReplaced) throw new KanbandError("FILE_CHANGED", `${from} was saved anew while it was moved to ${to}`);
  });
}

/** Adds text at the end of a log-like file. Not synced: a power cut may lose the last lines, a crash of this process none. */
export function appendFile(path: string, text: string): void {
  orWriteFailed(path, () => {
    failpoint("files.append.before-write");
    const descriptor = openSync(path, "a");
    try {
      writeFully(descriptor, Buffer.from(text));
    } finally {
      closeSync(descriptor);
    }
    failpoint("files.append.after-write");
  });
}

/** Removes a file for good; one that is not there is fine. Throws WRITE_FAILED. */
export function removeFileDurably(path: string): void {
  orWriteFailed(path, () => {
    failpoint("files.remove.before-unlink");
    try {
      unlinkSync(path);
    } catch (error) {
      if (!hasCode(error, "ENOENT")) throw error;
      return;
    }
    syncFolder(dirname(path));
    failpoint("files.remove.after-unlink");
  });
}

/** Removes what a crash left of our own temp files; a file that was caught on its way out of its place goes back to it. */
export function sweepTempFiles(dirs: string[]): void {
  for (const dir of dirs) {
    for (const name of listNames(dir)) {
      const path = join(dir, name);
      const original = takenFrom(name);
      if (isTempName(name)) orWriteFailed(path, () => rmSync(path, { force: true }));
      else if (original !== null) orWriteFailed(path, () => settleTaken(path, join(dir, original)));
    }
  }
}

// A file with a second name has arrived elsewhere; one without belongs back where it was, unless that place is filled.
function settleTaken(taken: string, original: string): void {
  if (statSync(taken).nlink > 1) unlinkSync(taken);
  else if (lstatSync(original, { throwIfNoEntry: false }) === undefined)
    linkOrRename(taken, original, { isMove: true });
}

/** Takes `from` away if it is still the file that was moved; true when it was another one, which is put back. */
function leaveOldPlace(from: string, moved: bigint): boolean {
  const taken = takenPathFor(from);
  try {
    renameSync(from, taken);
  } catch (error) {
    // Moved by rename where links are refused, or removed by somebody meanwhile.
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
  const isMoved = lstatSync(taken, { bigint: true }).ino === moved;
  try {
    failpoint("files.move.after-take");
  } finally {
    if (isMoved) unlinkSync(taken);
    else linkOrRename(taken, from, { isMove: true });
  }
  return !isMoved;
}

function toBytes(bytes: string | Uint8Array): Uint8Array {
  return typeof bytes === "string" ? Buffer.from(bytes) : bytes;
}

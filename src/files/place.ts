import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, lstatSync, openSync, renameSync, unlinkSync } from "node:fs";
import { open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { KanbandError } from "../errors.ts";

const TEMP_NAME = /^\.kanband-[0-9a-f]{16}\.tmp$/;
// A file on its way out of a folder: unlike a temp file it may hold a person's text, so its name says where it belongs.
const TAKEN_NAME = /^\.kanband-[0-9a-f]{16}\.taken-(.+)$/s;

/** A name of ours that nobody else uses, for a file that is not yet in its place. */
export function tempPathFor(path: string): string {
  return join(dirname(path), `.kanband-${nonce()}.tmp`);
}

/** A name of ours, in the same folder, for a file that is taken out of its place. */
export function takenPathFor(path: string): string {
  return join(dirname(path), `.kanband-${nonce()}.taken-${basename(path)}`);
}

/** Whether a file of this name is one that we had not put in its place yet. */
export function isTempName(name: string): boolean {
  return TEMP_NAME.test(name);
}

/** The name a taken file had; null when the name is not one of ours. */
export function takenFrom(name: string): string | null {
  return TAKEN_NAME.exec(name)?.[1] ?? null;
}

/** Sixteen characters that nobody has used before. */
export function nonce(): string {
  return randomBytes(8).toString("hex");
}

/** Gives a file a second name, never clobbering; a plain rename on file systems without hard links. */
export function linkOrRename(from: string, to: string, { isMove = false } = {}): void {
  try {
    linkSync(from, to);
    if (isMove) unlinkSync(from);
  } catch (error) {
    if (hasCode(error, "EEXIST")) throw new KanbandError("FILE_EXISTS", `${to} exists already`, { cause: error });
    if (!hasCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK")) throw error;
    if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) {
      throw new KanbandError("FILE_EXISTS", `${to} exists already`, { cause: error });
    }
    renameSync(from, to);
  }
}

/** Makes names in a folder survive a power cut. */
export function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** The same for several folders at once, without keeping anybody else waiting; a folder that is gone has no names. */
export async function syncFolders(folders: Iterable<string>): Promise<void> {
  await Promise.all(
    [...new Set(folders)].map(async (folder) => {
      try {
        const handle = await open(folder, "r");
        try {
          await handle.sync();
        } finally {
          await handle.close();
        }
      } catch (error) {
        if (!hasCode(error, "ENOENT", "ENOTDIR")) throw error;
      }
    }),
  );
}

/** Runs a write; whatever goes wrong becomes WRITE_FAILED that names the path, with the original as cause. */
export function orWriteFailed<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof KanbandError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new KanbandError("WRITE_FAILED", `Cannot write ${path}: ${why}`, { cause: error });
  }
}

/** Whether an error is one of node's with one of these codes, such as `ENOENT`. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

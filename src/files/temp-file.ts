import { closeSync, fchmodSync, fsyncSync, openSync, writeSync } from "node:fs";
import { failpoint } from "./failpoint.ts";

/**
 * Writes all bytes to a new file and syncs it unless told not to, passing the failpoints `<prefix>.before-temp`, `.after-temp`,
 * `.after-fsync`.
 */
export function writeTempFile(
  path: string,
  bytes: Uint8Array,
  mode: number | null,
  prefix: "files.write" | "files.create" | "files.edit",
  isSynced = true,
): void {
  failpoint(`${prefix}.before-temp`);
  const descriptor = openSync(path, "wx", mode ?? 0o666);
  try {
    writeFully(descriptor, bytes);
    // The mode given to open is cut by the umask; the mode of an edited file is its owner's choice.
    if (mode !== null) fchmodSync(descriptor, mode);
    failpoint(`${prefix}.after-temp`);
    if (isSynced) fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  failpoint(`${prefix}.after-fsync`);
}

/** A write may be cut short (a full disk, a signal); the next one says why, as an error. */
export function writeFully(descriptor: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
}

import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * The bytes of a plain file in a folder that an agent may write to; null when there is none. Never through a link: what it
 * leads to the agent may have no right to see, and whoever reads it here would show it.
 */
export function readPlain(path: string): Buffer | null {
  if (lstatSync(dirname(path), { throwIfNoEntry: false })?.isDirectory() !== true) return null;
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    return fstatSync(descriptor).isFile() ? readFileSync(descriptor) : null;
  } finally {
    closeSync(descriptor);
  }
}

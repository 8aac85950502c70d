import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { KanbandError } from "../errors.ts";
import { createFileDurably, moveFileDurably, removeFileDurably } from "../files/durable.ts";

/**
 * Makes a file together with the folders above it, unless something is there already: true when it was made.
 * It is written beside the nearest folder that exists and moved into place, so that nothing half-written is ever seen.
 */
export function placeFile(path: string, bytes: string | Uint8Array, mode: number | null = null): boolean {
  if (existsSync(path)) return false;
  const temp = join(nearestFolder(path), `.kanband-${randomBytes(6).toString("hex")}.tmp`);
  createFileDurably(temp, bytes, mode);
  try {
    moveFileDurably(temp, path);
    return true;
  } catch (error) {
    removeFileDurably(temp);
    if (error instanceof KanbandError && error.code === "FILE_EXISTS") return false;
    throw error;
  }
}

function nearestFolder(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) || folder === path ? folder : nearestFolder(folder);
}

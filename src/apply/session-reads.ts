import { readdirSync } from "node:fs";
import { join } from "node:path";
import { SESSION_DEPTH } from "../board/session-output.ts";
import { readRegularFile } from "./board-file.ts";

/**
 * The session files of a task that a step may read, by their names below `sessions/<task>/`: all of them, or those that
 * `reads` names, with or without `.md`. Links are not followed.
 */
export function readableSessions(
  boardRoot: string,
  taskId: string,
  reads: readonly string[] | null,
): Map<string, Buffer> {
  const folder = join(boardRoot, "sessions", taskId);
  const files = new Map<string, Buffer>();
  for (const name of listFiles(folder, "", SESSION_DEPTH)) {
    if (reads !== null && !reads.includes(name) && !reads.includes(name.replace(/\.md$/, ""))) continue;
    const bytes = readRegularFile(join(folder, name));
    if (bytes !== null) files.set(name, bytes);
  }
  return files;
}

function listFiles(folder: string, below: string, depth: number): string[] {
  if (depth === 0) return [];
  const entries = readEntries(join(folder, below));
  return entries.flatMap((entry) => {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) return listFiles(folder, name, depth - 1);
    return entry.isFile() && name.endsWith(".md") ? [name] : [];
  });
}

function readEntries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFileDurably } from "../files/durable.ts";

/**
 * A finished session file that was put back after a run, or one that was taken away: `isNew`. `copy`: full path of what was
 * there. `at`: ms since the epoch.
 */
export type PutBack = { path: string; copy: string; taskId: string; runId: string; at: number; isNew?: boolean };

const DAY_MS = 86_400_000;
const LENGTH = 50;

/** To be called before it is put back: who edited it has to be told where the edit is. */
export function notePutBack(runtimeDir: string, it: PutBack): void {
  const known = readNotes(runtimeDir).filter(({ copy }) => existsSync(copy));
  writeFileDurably(notePath(runtimeDir), `${JSON.stringify([...known, it].slice(-LENGTH))}\n`);
}

/** What was put back in the day before `now` (ms since the epoch), as long as its copy is there. */
export function readPutBack(runtimeDir: string, now: number): PutBack[] {
  return readNotes(runtimeDir).filter(({ at, copy }) => at > now - DAY_MS && existsSync(copy));
}

function readNotes(runtimeDir: string): PutBack[] {
  try {
    const notes: unknown = JSON.parse(readFileSync(notePath(runtimeDir), "utf8"));
    return Array.isArray(notes) ? notes.filter(isPutBack) : [];
  } catch {
    return [];
  }
}

function notePath(runtimeDir: string): string {
  return join(runtimeDir, "put-back.json");
}

function isPutBack(it: unknown): it is PutBack {
  if (typeof it !== "object" || it === null) return false;
  const { at, ...texts } = it as Partial<PutBack>;
  return typeof at === "number" && [texts.path, texts.copy, texts.taskId, texts.runId].every(isText);
}

function isText(it: unknown): it is string {
  return typeof it === "string";
}

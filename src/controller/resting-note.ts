import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JobView } from "../decide/snapshot.ts";
import { removeFileDurably, writeFileDurably } from "../files/durable.ts";

/**
 * What failed and is not tried again yet, for others who ask how the board stands: only the daemon knows. `set` writes when
 * something changed, and never throws: a disk that is full is often what failed.
 */
export function createRestingNote(runtimeDir: string): { set(jobs: readonly JobView[]): void } {
  const path = notePath(runtimeDir);
  let written = "[]";
  return {
    set(jobs) {
      const text = JSON.stringify(jobs.filter(({ retryAt }) => retryAt !== null));
      if (text === written) return;
      try {
        if (text === "[]") removeFileDurably(path);
        else writeFileDurably(path, `${text}\n`, { isSynced: false });
        written = text;
      } catch {
        // Said at the next change.
      }
    },
  };
}

/** What the daemon of this board has at rest at `now`, ms since the epoch. */
export function readResting(runtimeDir: string, now: number): readonly JobView[] {
  try {
    const jobs: unknown = JSON.parse(readFileSync(notePath(runtimeDir), "utf8"));
    return Array.isArray(jobs) ? jobs.filter(isJob).filter((it) => (it.retryAt ?? 0) > now) : [];
  } catch {
    return [];
  }
}

function notePath(runtimeDir: string): string {
  return join(runtimeDir, "resting.json");
}

function isJob(it: unknown): it is JobView {
  if (typeof it !== "object" || it === null) return false;
  const { kind, taskId, problem, retryAt } = it as Partial<JobView>;
  const isNamed = typeof kind === "string" && (taskId === null || typeof taskId === "string");
  return isNamed && typeof problem === "string" && typeof retryAt === "number";
}

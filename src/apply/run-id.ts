import { randomBytes } from "node:crypto";
import { readRuns } from "../process/read-runs.ts";
import { readRunFacts } from "./run-facts.ts";
import { runsDirOf, type World } from "./world.ts";

// The last guard of the disk; a person's cap on money and time is reached long before.
export const OUTPUT_LIMIT_BYTES = 64 * 1024 * 1024;

/** Whether a run of this task is recorded, of whatever kind; with `unit`, one that stands in the way of that step. */
export function hasRun(world: World, taskId: string, unit: string | null = null): boolean {
  return readRuns(runsDirOf(world)).some(({ record }) => {
    const facts = readRunFacts(record);
    if (facts?.taskId !== taskId) return false;
    return unit === null || facts.unit === undefined || facts.unit === unit;
  });
}

/** Readable in a list of processes and unique: an id may hold anything a file name may. */
export function newRunId({ taskId, attempt, step }: { taskId: string; attempt: number; step: string }): string {
  return `${safePart(taskId)}.${attempt}.${safePart(step)}.${randomBytes(4).toString("hex")}`;
}

/** What a run's id has of its task's, which up to its first dot it begins with. */
export function safePart(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, 60);
}

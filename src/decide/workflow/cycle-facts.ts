import type { Session } from "../../board/session.ts";
import type { Task } from "../../board/task.ts";
import type { Records } from "./node.ts";

const NAME = /^cycle-(0|[1-9]\d{0,8})$/;

/** The id of a cycle as a step: `cycle-3`. */
export function stepOfCycle(index: number): string {
  return `cycle-${String(index)}`;
}

/** The cycle that a step is; null for every other step. */
export function cycleOfStep(step: string): number | null {
  const [, index] = NAME.exec(step) ?? [];
  return index === undefined ? null : Number(index);
}

/** What came of one cycle that is done. */
export type DoneCycle = { index: number; record: Session };

/** The cycles that are done, in their order. */
export function doneCycles(records: Records): readonly DoneCycle[] {
  const done: DoneCycle[] = [];
  for (const [step, record] of records) {
    const index = cycleOfStep(step);
    if (index !== null && record.state === "done") done.push({ index, record });
  }
  return done.toSorted((a, b) => a.index - b.index);
}

/** Whether a cycle left commits of its own. */
export function hasChanges({ startSha, commitSha }: Session): boolean {
  return commitSha !== null && commitSha !== startSha;
}

/** The newest cycle that is done, has changes, and whose branch is there; null when there is none. */
export function newestWork(records: Records, branches: ReadonlyMap<number, unknown>): DoneCycle | null {
  return doneCycles(records).findLast(({ index, record }) => branches.has(index) && hasChanges(record)) ?? null;
}

/**
 * The next number to give: after all that the file, its claims and the session files know of, so that none is given twice
 * though a person saved an old copy of the file.
 */
export function nextCycle(task: Task, steps: Iterable<string>): number {
  let next = task.cycle ?? 0;
  for (const step of steps) next = Math.max(next, (cycleOfStep(step) ?? -1) + 1);
  return next;
}

import type { JobView } from "../decide/snapshot.ts";

/** A file whose edit failed, and why. */
export type FailedEdit = { path: string; taskId: string | null; reason: string };

/** Files whose edit failed for a reason that will not go away at once (a full disk, say): not tried again for a moment. */
export type Rests = {
  add(failed: FailedEdit): void;
  /** It was skipped, since the file is not what was seen. One that is skipped again and again is taken for failed. */
  skip(failed: FailedEdit): void;
  isResting(path: string): boolean;
  /** Those at rest, as jobs that failed: nothing else is decided about these tasks meanwhile. */
  list(): readonly JobView[];
  /** It went well: the next failure rests as short as the first. */
  forget(path: string): void;
};

/** The kind under which a failed edit is listed. */
const EDIT = "edit";
/** A person at work makes a few in a row; more is a look that never finds what is there. */
const SKIPS = 10;
const FIRST_MS = 500;
const LONGEST_MS = 60_000;

/** `clock`: ms since the epoch. `onDue` is called when a rest is over. */
export function createRests(clock: () => number, onDue: (afterMs: number) => void): Rests {
  const resting = new Map<string, FailedEdit & { until: number; lastMs: number }>();
  const skips = new Map<string, number>();
  function add(failed: FailedEdit): void {
    const lastMs = Math.min((resting.get(failed.path)?.lastMs ?? FIRST_MS / 2) * 2, LONGEST_MS);
    resting.set(failed.path, { ...failed, until: clock() + lastMs, lastMs });
    onDue(lastMs);
  }
  return {
    add,
    skip(failed) {
      const count = (skips.get(failed.path) ?? 0) + 1;
      skips.set(failed.path, count);
      if (count >= SKIPS) add(failed);
    },
    isResting: (path) => (resting.get(path)?.until ?? 0) > clock(),
    list() {
      const now = clock();
      return [...resting.values()]
        .filter(({ until }) => until > now)
        .map(({ taskId, reason, until }) => ({ kind: EDIT, taskId, slot: null, problem: reason, retryAt: until }));
    },
    forget(path) {
      resting.delete(path);
      skips.delete(path);
    },
  };
}

import type { JobView } from "../decide/snapshot.ts";

/** A file whose edit failed, and why. */
export type FailedEdit = { path: string; taskId: string | null; reason: string };

/** Files whose edit failed for a reason that will not go away at once (a full disk, say): not tried again for a moment. */
export type Rests = {
  add(failed: FailedEdit): void;
  isResting(path: string): boolean;
  /** Those at rest, as jobs that failed: nothing else is decided about these tasks meanwhile. */
  list(): readonly JobView[];
  /** It went well: the next failure rests as short as the first. */
  forget(path: string): void;
};

/** The kind under which a failed edit is listed. */
const EDIT = "edit";
const FIRST_MS = 500;
const LONGEST_MS = 60_000;

/** `clock`: ms since the epoch. `onDue` is called when a rest is over. */
export function createRests(clock: () => number, onDue: (afterMs: number) => void): Rests {
  const resting = new Map<string, FailedEdit & { until: number; lastMs: number }>();
  return {
    add(failed) {
      const lastMs = Math.min((resting.get(failed.path)?.lastMs ?? FIRST_MS / 2) * 2, LONGEST_MS);
      resting.set(failed.path, { ...failed, until: clock() + lastMs, lastMs });
      onDue(lastMs);
    },
    isResting: (path) => (resting.get(path)?.until ?? 0) > clock(),
    list() {
      const now = clock();
      return [...resting.values()]
        .filter(({ until }) => until > now)
        .map(({ taskId, reason, until }) => ({ kind: EDIT, taskId, slot: null, problem: reason, retryAt: until }));
    },
    forget: (path) => void resting.delete(path),
  };
}

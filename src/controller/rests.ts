/** Files whose edit failed for a reason that will not go away at once (a full disk, say): not tried again for a moment. */
export type Rests = {
  add(path: string): void;
  isResting(path: string): boolean;
  /** It went well: the next failure rests as short as the first. */
  forget(path: string): void;
};

const FIRST_MS = 500;
const LONGEST_MS = 60_000;

/** `clock`: ms since the epoch. `onDue` is called when a rest is over. */
export function createRests(clock: () => number, onDue: (afterMs: number) => void): Rests {
  const resting = new Map<string, { until: number; lastMs: number }>();
  return {
    add(path) {
      const lastMs = Math.min((resting.get(path)?.lastMs ?? FIRST_MS / 2) * 2, LONGEST_MS);
      resting.set(path, { until: clock() + lastMs, lastMs });
      onDue(lastMs);
    },
    isResting: (path) => (resting.get(path)?.until ?? 0) > clock(),
    forget: (path) => void resting.delete(path),
  };
}

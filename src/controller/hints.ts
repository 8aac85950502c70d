/**
 * What the watcher said since the last look: which paths to look at, never what happened to them.
 * Hints only save work. Losing, doubling or inventing them changes when something is seen, not what is done.
 */
export type Hint = "all" | { paths: ReadonlySet<string> };

export type Hints = {
  /** A path (relative to the board root) where something may have changed; null: anywhere. */
  add(path: string | null): void;
  /** How many paths have been said since the last take. */
  count(): number;
  /** Everything said since the last take. */
  take(): Hint;
};

/** Above this many paths a full sweep is cheaper than looking at each. */
const MOST_PATHS = 2_000;

/** Collects hints between two looks; the first look takes in everything. */
export function createHints(): Hints {
  let isAll = true;
  let paths = new Set<string>();
  let count = 0;
  return {
    add(path) {
      if (path !== null && !paths.has(path)) count++;
      if (path === null || paths.size >= MOST_PATHS) isAll = true;
      else paths.add(path);
    },
    count: () => count,
    take() {
      const hint: Hint = isAll ? "all" : { paths };
      count = 0;
      isAll = false;
      paths = new Set();
      return hint;
    },
  };
}

import type { Tree, TreeEntry } from "./tree.ts";

/** Objects never change under their id, so what was read once stays true; the oldest unused goes first. */
export type ObjectCache = {
  readonly trees: Store<Tree>;
  readonly lists: Store<readonly TreeEntry[]>;
  /** Commit id to tree id. */
  readonly treeOf: Store<string>;
  readonly parents: Store<readonly string[]>;
  /** `<a>..<b>` to whether a is an ancestor of b. */
  readonly ancestry: Store<boolean>;
};

export type Store<T> = { get(key: string): T | undefined; set(key: string, value: T): void };

export function createObjectCache(): ObjectCache {
  return {
    trees: createStore((it) => it.raw.length * 2),
    // Of the folder of a large lane only the newest: the others are a matter of milliseconds, and ten megabytes.
    lists: createStore((it) => it.length * 250, LISTS_BYTES),
    treeOf: createStore(() => 200),
    parents: createStore(() => 300),
    ancestry: createStore(() => 300),
  };
}

const BUDGET_BYTES = 8_000_000;
const LISTS_BYTES = 2_000_000;

function createStore<T>(sizeOf: (value: T) => number, budgetBytes = BUDGET_BYTES): Store<T> {
  const kept = new Map<string, { value: T; size: number }>();
  let total = 0;

  function get(key: string): T | undefined {
    const found = kept.get(key);
    if (found === undefined) return undefined;
    kept.delete(key);
    kept.set(key, found);
    return found.value;
  }

  function set(key: string, value: T): void {
    const size = sizeOf(value) + 100;
    total += size - (kept.get(key)?.size ?? 0);
    kept.delete(key);
    kept.set(key, { value, size });
    // The newest always stays, whatever its size.
    for (const [oldest, { size: freed }] of kept) {
      if (total <= budgetBytes || kept.size === 1) break;
      kept.delete(oldest);
      total -= freed;
    }
  }

  return { get, set };
}

/** Several values under one key; a key without values is not there. */
export type MultiMap<K, V> = {
  add(key: K, value: V): void;
  remove(key: K, value: V): void;
  get(key: K): ReadonlySet<V>;
  has(key: K): boolean;
  keys(): Iterable<K>;
};

export function createMultiMap<K, V>(): MultiMap<K, V> {
  const sets = new Map<K, Set<V>>();
  const none: ReadonlySet<V> = new Set();
  return {
    add(key, value) {
      const set = sets.get(key);
      if (set === undefined) sets.set(key, new Set([value]));
      else set.add(value);
    },
    remove(key, value) {
      const set = sets.get(key);
      if (set?.delete(value) === true && set.size === 0) sets.delete(key);
    },
    get: (key) => sets.get(key) ?? none,
    has: (key) => sets.has(key),
    keys: () => sets.keys(),
  };
}

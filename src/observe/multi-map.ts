/** A few values under one key; a key without values is not there. */
export type MultiMap<K, V> = {
  add(key: K, value: V): void;
  remove(key: K, value: V): void;
  get(key: K): readonly V[];
  has(key: K): boolean;
};

/** Made for keys that nearly always have one value: lists, because sets would cost five times the memory. */
export function createMultiMap<K, V>(): MultiMap<K, V> {
  const lists = new Map<K, readonly V[]>();
  const none: readonly V[] = [];
  return {
    add(key, value) {
      const list = lists.get(key);
      if (list === undefined) lists.set(key, [value]);
      else if (!list.includes(value)) lists.set(key, [...list, value]);
    },
    remove(key, value) {
      const rest = lists.get(key)?.filter((it) => it !== value) ?? none;
      if (rest.length === 0) lists.delete(key);
      else lists.set(key, rest);
    },
    get: (key) => lists.get(key) ?? none,
    has: (key) => lists.has(key),
  };
}

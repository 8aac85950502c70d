/** One entry of a folder in git. Modes as git writes them in octal: `100644`, `40000`. */
export type TreeEntry = {
  readonly name: string;
  readonly mode: string;
  readonly type: EntryType;
  readonly sha: string;
};

export type EntryType = "blob" | "tree" | "commit";

/** A tree object: its bytes as git stores them, and where each entry starts. Never changed once made. */
export type Tree = { readonly raw: Buffer; readonly starts: Int32Array; readonly shaLength: number };

/** What a name is to become; null removes it. */
export type TreeEdit = { name: string; to: { mode: string; sha: string } | null };

/** A tree without entries. */
export function emptyTree(shaLength: number): Tree {
  return { raw: Buffer.alloc(0), starts: new Int32Array(0), shaLength };
}

/** Finds the entries of a tree object; `shaLength` is 20 or 32 bytes. */
export function parseTree(raw: Buffer, shaLength: number): Tree {
  const starts: number[] = [];
  for (let at = 0; at < raw.length; ) {
    starts.push(at);
    const nameEnd = raw.indexOf(0, at);
    if (nameEnd < 0) break;
    at = nameEnd + 1 + shaLength;
  }
  return { raw, starts: Int32Array.from(starts), shaLength };
}

/** Every entry, in git's order. */
export function listTree(tree: Tree): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let index = 0; index < tree.starts.length; index++) entries.push(entryAt(tree, index));
  return entries;
}

/** The entry of this name; undefined when the tree has none. */
export function findEntry(tree: Tree, name: string): TreeEntry | null {
  const index = findIndex(tree, name);
  return index === null ? null : entryAt(tree, index);
}

/** A new tree with the edits made. Names that are not mentioned keep their bytes, valid UTF-8 or not. */
export function editTree(tree: Tree, edits: readonly TreeEdit[]): Tree {
  const cuts: Cut[] = [];
  for (const { name, to } of edits) {
    const key = sortKey(name, to?.mode ?? "");
    const place = to === null ? null : search(tree, key);
    const added = to === null ? null : formatEntry(name, to);
    const old = place?.isHit ? place.index : findIndex(tree, name);
    if (old !== null) {
      const at = startOf(tree, old);
      const isSamePlace = place?.isHit === true;
      cuts.push({ at, removed: startOf(tree, old + 1) - at, added: isSamePlace ? added : null, key });
      if (isSamePlace) continue;
    }
    // Also a file that becomes a folder, or the reverse: it is sorted elsewhere.
    if (place !== null) cuts.push({ at: startOf(tree, place.index), removed: 0, added, key });
  }
  return cuts.length === 0 ? tree : parseTree(splice(tree.raw, cuts), tree.shaLength);
}

type Cut = { at: number; removed: number; added: Buffer | null; key: Buffer };

function splice(raw: Buffer, cuts: Cut[]): Buffer {
  // Insertions at one place are sorted among themselves, and come before what was there.
  cuts.sort((a, b) => a.at - b.at || a.removed - b.removed || Buffer.compare(a.key, b.key));
  const parts: Buffer[] = [];
  let from = 0;
  for (const { at, removed, added } of cuts) {
    parts.push(raw.subarray(from, at));
    if (added !== null) parts.push(added);
    from = at + removed;
  }
  parts.push(raw.subarray(from));
  return Buffer.concat(parts);
}

function formatEntry(name: string, to: { mode: string; sha: string }): Buffer {
  return Buffer.concat([Buffer.from(`${to.mode} ${name}\0`, "utf8"), Buffer.from(to.sha, "hex")]);
}

function entryAt(tree: Tree, index: number): TreeEntry {
  const start = startOf(tree, index);
  const space = tree.raw.indexOf(0x20, start);
  const zero = tree.raw.indexOf(0, space);
  const mode = tree.raw.toString("latin1", start, space);
  const name = tree.raw.toString("utf8", space + 1, zero);
  const sha = tree.raw.toString("hex", zero + 1, zero + 1 + tree.shaLength);
  return { name, mode, type: typeOf(mode), sha };
}

function typeOf(mode: string): EntryType {
  if (mode === "40000") return "tree";
  return mode === "160000" ? "commit" : "blob";
}

function findIndex(tree: Tree, name: string): number | null {
  if (name.includes("/")) return null;
  for (const mode of ["100644", "40000"]) {
    const found = search(tree, sortKey(name, mode));
    if (found.isHit) return found.index;
  }
  return null;
}

/** Git sorts a folder as if its name ended in a slash. */
function sortKey(name: string, mode: string): Buffer {
  return Buffer.from(mode === "40000" ? `${name}/` : name, "utf8");
}

function search(tree: Tree, key: Buffer): { index: number; isHit: boolean } {
  let low = 0;
  let high = tree.starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const order = compareEntry(tree, middle, key);
    if (order === 0) return { index: middle, isHit: true };
    if (order < 0) low = middle + 1;
    else high = middle;
  }
  return { index: low, isHit: false };
}

const SLASH = 0x2f;

// In place, without a copy of the name: a burst of moves asks this a hundred thousand times.
function compareEntry({ raw, starts, shaLength }: Tree, index: number, key: Buffer): number {
  const start = starts[index] ?? 0;
  const isFolder = raw[start] === 0x34;
  const from = start + (isFolder ? 6 : 7);
  const to = (starts[index + 1] ?? raw.length) - shaLength - 1;
  if (!isFolder) return raw.compare(key, 0, key.length, from, to);
  const length = Math.min(to - from, key.length);
  const order = raw.compare(key, 0, length, from, from + length);
  if (order !== 0) return order;
  if (key.length <= to - from) return 1;
  return SLASH - (key[length] ?? 0) || length + 1 - key.length;
}

function startOf(tree: Tree, index: number): number {
  return tree.starts[index] ?? tree.raw.length;
}

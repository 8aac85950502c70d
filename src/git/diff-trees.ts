import { treeById, treeIdOf } from "./objects.ts";
import type { Repository } from "./repository.ts";
import { listTree, type TreeEntry } from "./tree.ts";

export type FileDiff = {
  path: string;
  /** `A`dded, `M`odified, `D`eleted, `T`ype changed. A rename is a deletion and an addition. */
  status: string;
  /** `000000` when the file was not there. */
  oldMode: string;
  newMode: string;
  oldSha: string;
  newSha: string;
};

/**
 * What differs between two commits or trees, as `git diff-tree` lists it without renames, in its order, and without a process.
 * Null where git is the better one to ask: much differs, or a name is not UTF-8. Code: GIT_FAILED.
 */
export async function diffTrees(repo: Repository, from: string, to: string): Promise<FileDiff[] | null> {
  const [old, now] = [await treeIdOf(repo, from), await treeIdOf(repo, to)];
  if (old === null || now === null) return null;
  const diffs: FileDiff[] = [];
  let reads = 0;
  // A level at once: what takes the time is to wait for an answer.
  for (let level: Pair[] = [{ folder: "", old, now }]; level.length > 0; ) {
    reads += level.length;
    if (reads > MOST_FOLDERS) return null;
    const sides = level.map((it) => Promise.all([entriesOf(repo, it.old), entriesOf(repo, it.now)]));
    const read = await Promise.all(sides);
    if (read.flat(2).some(({ name }) => name.includes("\ufffd"))) return null;
    const below: Pair[] = [];
    for (const [index, { folder }] of level.entries()) {
      const [a = [], b = []] = read[index] ?? [];
      compare(folder, { a, b }, diffs, below);
    }
    level = below;
  }
  return diffs.sort((one, other) => Buffer.compare(Buffer.from(one.path), Buffer.from(other.path)));
}

/** Two versions of one folder; null: it is not there. */
type Pair = { folder: string; old: string | null; now: string | null };

// A folder costs a question to the kept-open helper on either side.
const MOST_FOLDERS = 100;

async function entriesOf(repo: Repository, tree: string | null): Promise<TreeEntry[]> {
  return tree === null ? [] : listTree(await treeById(repo, tree));
}

function compare(
  folder: string,
  { a, b }: { a: readonly TreeEntry[]; b: readonly TreeEntry[] },
  diffs: FileDiff[],
  open: Pair[],
): void {
  // A file and a folder of one name are two things.
  const before = new Map(a.map((it) => [keyOf(it), it]));
  const after = new Map(b.map((it) => [keyOf(it), it]));
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(key), after.get(key)];
    const entry = now ?? old;
    if (entry === undefined || (old?.sha === now?.sha && modeOf(old) === modeOf(now))) continue;
    const path = `${folder}${entry.name}`;
    if (entry.type === "tree") open.push({ folder: `${path}/`, old: old?.sha ?? null, now: now?.sha ?? null });
    else diffs.push(diffOf(path, old, now));
  }
}

function keyOf({ name, type }: TreeEntry): string {
  return type === "tree" ? `${name}/` : name;
}

function diffOf(path: string, old: TreeEntry | undefined, now: TreeEntry | undefined): FileDiff {
  const none = "0".repeat((now ?? old)?.sha.length ?? 0);
  const [oldMode, newMode] = [modeOf(old), modeOf(now)];
  const isSameType = oldMode.slice(0, 3) === newMode.slice(0, 3);
  const changed = isSameType ? "M" : "T";
  const status = old === undefined ? "A" : now === undefined ? "D" : changed;
  return { path, status, oldMode, newMode, oldSha: old?.sha ?? none, newSha: now?.sha ?? none };
}

/** As git reads it: of the rights of a file only the owner's right to execute counts. */
function modeOf(entry: TreeEntry | undefined): string {
  if (entry === undefined) return "000000";
  if (!entry.mode.startsWith("100")) return entry.mode;
  return (Number.parseInt(entry.mode, 8) & 0o100) === 0 ? "100644" : "100755";
}

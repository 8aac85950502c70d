import { parseRawDiff } from "./branches.ts";
import type { FileDiff } from "./diff-trees.ts";
import { treeIdOf } from "./objects.ts";
import type { Repository } from "./repository.ts";
import { gitWithInput } from "./run.ts";

/**
 * What differs between each two of many commits, in their order; a side that is not here has no difference. One process,
 * however many there are. Code: GIT_FAILED.
 */
export async function diffMany(
  repo: Repository,
  pairs: ReadonlyArray<readonly [from: string, to: string]>,
): Promise<(FileDiff[] | null)[]> {
  const trees = await Promise.all(pairs.map((pair) => Promise.all(pair.map((it) => treeIdOf(repo, it)))));
  const keys = trees.map(([from, to]) => (from == null || to == null ? null : `${from} ${to}`));
  const asked = [...new Set(keys.filter((it) => it !== null))];
  if (asked.length === 0) return keys.map(() => null);
  const args = ["diff-tree", "--stdin", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff"];
  const { stdout } = await gitWithInput(repo, args, asked.map((it) => `${it}\n`).join(""));
  const found = parse(stdout);
  return keys.map((it) => (it === null ? null : (found.get(it) ?? [])));
}

// Before the first difference of a pair stands the line that names it, and before that the lines of those that do not differ.
function parse(text: string): ReadonlyMap<string, FileDiff[]> {
  const found = new Map<string, FileDiff[]>();
  const parts = text.split("\0");
  let current: FileDiff[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const lines = (parts[at] ?? "").split("\n");
    const key = lines.at(-2);
    if (key !== undefined) {
      current = [];
      found.set(key, current);
    }
    current.push(...parseRawDiff([lines.at(-1), parts[at + 1], ""].join("\0")));
  }
  return found;
}

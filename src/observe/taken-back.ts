import { revertsIn } from "../board/reverts.ts";
import type { RangeCommit } from "../git/base-range.ts";
import { diffFiles } from "../git/branches.ts";
import { parentsOf } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";

/**
 * The revert that takes the last of these commits back, all of which are a landing; null while any of them stands. A revert
 * that was reverted itself is none, and neither is one that changes no file of what it names. `reverts`: those that came after
 * the landing, the newest first.
 */
export async function takenBackBy(
  repo: Repository,
  commits: readonly string[],
  reverts: readonly RangeCommit[],
): Promise<string | null> {
  const namesOf = new Map(reverts.map((it) => [it.sha, revertsIn(it.message)]));
  const revertOf = async (target: string, depth: number): Promise<string | null> => {
    for (const { sha: by } of reverts) {
      const isNamed = namesOf.get(by)?.some((it) => target.startsWith(it)) ?? false;
      if (!isNamed || depth > DEEPEST || !(await isAboutSame(repo, by, target))) continue;
      if ((await revertOf(by, depth + 1)) === null) return by;
    }
    return null;
  };
  const found = new Set<string>();
  for (const it of commits) {
    const by = await revertOf(it, 0);
    if (by === null) return null;
    found.add(by);
  }
  return reverts.find(({ sha }) => found.has(sha))?.sha ?? null;
}

/** Nobody reverts a revert of a revert for ever, but anybody may write that a commit reverts itself. */
const DEEPEST = 20;

// Anybody can write the words. Who resolved conflicts on the way changed at least one of the same files.
async function isAboutSame(repo: Repository, by: string, target: string): Promise<boolean> {
  const [[before], [parent]] = [await parentsOf(repo, target), await parentsOf(repo, by)];
  if (before === undefined || parent === undefined) return true;
  const changed = new Set((await diffFiles(repo, before, target)).map(({ path }) => path));
  return (await diffFiles(repo, parent, by)).some(({ path }) => changed.has(path));
}

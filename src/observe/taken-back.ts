import { revertsIn } from "../board/reverts.ts";
import type { RangeCommit } from "../git/base-range.ts";
import { diffFiles } from "../git/branches.ts";
import { findPath, parentsOf } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";

export type Reverts = {
  /**
   * The revert that takes the last of these commits back, all of which are a landing; null while any of them stands. A revert
   * that was reverted itself is none, and neither is one that changes no file of what it names. Code: GIT_FAILED.
   */
  of(commits: Iterable<string> | AsyncIterable<string>): Promise<string | null>;
};

/** What commits take back that say so; the newest first. It takes as long as there are commits and names in them. */
export function readReverts(repo: Repository, reverts: readonly RangeCommit[]): Reverts {
  const named = byName(reverts);
  const known = new Map<string, string | null>();
  const changed = new Map<string, Promise<ReadonlySet<string>>>();

  function revertersOf(target: string): string[] {
    return (named.get(target.slice(0, SHORTEST)) ?? []).flatMap(([name, by]) => (target.startsWith(name) ? [by] : []));
  }

  async function revertOf(target: string): Promise<string | null> {
    const told = known.get(target);
    if (told !== undefined) return told;
    // Anybody may write that a commit reverts itself.
    known.set(target, null);
    for (const by of new Set(revertersOf(target))) {
      if (!(await isAboutSame(by, target)) || (await revertOf(by)) !== null) continue;
      known.set(target, by);
      break;
    }
    return known.get(target) ?? null;
  }

  // Anybody can write the words. Who resolved conflicts on the way changed at least one of the same files.
  async function isAboutSame(by: string, target: string): Promise<boolean> {
    const [parent] = await parentsOf(repo, by);
    if (parent === undefined || (await parentsOf(repo, target)).length === 0) return true;
    const [own, its] = [await changedBy(target), await changedBy(by)];
    if ([...its].some((it) => own.has(it))) return true;
    // What has another name by then is changed under that.
    for (const path of own) if (!(await hasFile(parent, path)) && (await hasFile(target, path))) return true;
    return false;
  }

  async function hasFile(treeish: string, path: string): Promise<boolean> {
    return (await findPath(repo, treeish, path)) !== null;
  }

  async function changedBy(sha: string): Promise<ReadonlySet<string>> {
    const read = async (): Promise<ReadonlySet<string>> => {
      const [parent] = await parentsOf(repo, sha);
      return new Set(parent === undefined ? [] : (await diffFiles(repo, parent, sha)).map(({ path }) => path));
    };
    const found = changed.get(sha) ?? read();
    changed.set(sha, found);
    return await found;
  }

  return {
    async of(commits) {
      const found = new Set<string>();
      for await (const it of commits) {
        const by = await revertOf(it);
        if (by === null) return null;
        found.add(by);
      }
      return reverts.find(({ sha }) => found.has(sha))?.sha ?? null;
    },
  };
}

/** Names may be cut short, but not to less than this. */
const SHORTEST = 7;

/** What is named, by its first digits: each name with the commit that says it. */
function byName(reverts: readonly RangeCommit[]): ReadonlyMap<string, [name: string, by: string][]> {
  const found = new Map<string, [name: string, by: string][]>();
  for (const { sha, message } of reverts) {
    for (const name of new Set(revertsIn(message))) {
      const key = name.slice(0, SHORTEST);
      const list = found.get(key) ?? [];
      list.push([name, sha]);
      found.set(key, list);
    }
  }
  return found;
}

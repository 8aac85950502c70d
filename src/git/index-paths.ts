import { join } from "node:path";
import { entryId, LEFT_OUT, walkIndex } from "./read-index.ts";
import type { Repository } from "./repository.ts";

/** An entry of the index: the id of its blob, and whether a sparse checkout leaves the file out. */
type IndexPath = { sha: string; isLeftOut: boolean };

/**
 * The paths below these folders that the index has, as git reads them; null where the index is of a make that only git reads.
 * Starts no process.
 */
export function indexPaths(repo: Repository, folders: readonly string[]): ReadonlyMap<string, IndexPath> | null {
  const paths = new Map<string, IndexPath>();
  const prefixes = folders.map((it) => Buffer.from(`${it}/`));
  const isWhole = walkIndex(join(repo.gitDir, "index"), repo.objectFormat, (entry) => {
    const { bytes, nameAt, nameEnd, more } = entry;
    const isBelow = prefixes.some((it) => bytes.compare(it, 0, it.length, nameAt, nameAt + it.length) === 0);
    if (!isBelow) return true;
    const sha = entryId(entry, repo.objectFormat);
    paths.set(bytes.toString("utf8", nameAt, nameEnd), { sha, isLeftOut: (more & LEFT_OUT) !== 0 });
    return true;
  });
  return isWhole ? paths : null;
}

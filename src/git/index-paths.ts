import { join } from "node:path";
import { LEFT_OUT, walkIndex } from "./read-index.ts";
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
  const idLength = repo.objectFormat === "sha1" ? 20 : 32;
  const isWhole = walkIndex(join(repo.gitDir, "index"), repo.objectFormat, ({ bytes, at, nameAt, nameEnd, more }) => {
    const isBelow = prefixes.some((it) => bytes.compare(it, 0, it.length, nameAt, nameAt + it.length) === 0);
    if (!isBelow) return true;
    const sha = bytes.toString("hex", at + ID_AT, at + ID_AT + idLength);
    paths.set(bytes.toString("utf8", nameAt, nameEnd), { sha, isLeftOut: (more & LEFT_OUT) !== 0 });
    return true;
  });
  return isWhole ? paths : null;
}

// Behind times, device, inode, mode, owner and size.
const ID_AT = 40;

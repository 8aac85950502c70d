import { join } from "node:path";
import { entryId, LEFT_OUT, walkIndex } from "./read-index.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";
import { parseTagged } from "./tagged-entries.ts";

/** An entry of the index: the id of its blob, and whether a sparse checkout leaves the file out. */
export type IndexPath = { sha: string; isLeftOut: boolean };

/**
 * The paths below these folders that the index has; all of them where none is named. Starts a process only where the index is of a make that only git reads
 * (version 4, split, sparse). Code: GIT_FAILED.
 */
export async function indexPaths(
  repo: Repository,
  folders: readonly string[],
): Promise<ReadonlyMap<string, IndexPath>> {
  const paths = new Map<string, IndexPath>();
  const prefixes = folders.map((it) => Buffer.from(`${it}/`));
  const isWhole = walkIndex(join(repo.gitDir, "index"), repo.objectFormat, (entry) => {
    const { bytes, nameAt, nameEnd, more } = entry;
    const isBelow =
      prefixes.length === 0 || prefixes.some((it) => bytes.compare(it, 0, it.length, nameAt, nameAt + it.length) === 0);
    if (!isBelow) return true;
    const sha = entryId(entry, repo.objectFormat);
    paths.set(bytes.toString("utf8", nameAt, nameEnd), { sha, isLeftOut: (more & LEFT_OUT) !== 0 });
    return true;
  });
  if (isWhole) return paths;
  const env = await safeEnvironment(repo);
  return parseTagged(await git(repo, ["ls-files", "-z", "-v", "--stage", "--", ...folders], { env }));
}

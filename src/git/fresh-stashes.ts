import { lstatSync } from "node:fs";
import { join } from "node:path";
import { listNames } from "../files/list-names.ts";
import { parentsOf } from "./objects.ts";
import type { Repository } from "./repository.ts";

/** Clocks of file systems tick every few ms, and the look before this one took a while. */
const SLACK_MS = 1_000;
/** A commit with a line of text; contents are often larger. */
const MOST_BYTES = 4_096;

/**
 * The commits of stashes that were made since (ms since the epoch), whether or not they are still there: a pop forgets the
 * name, and git keeps the objects for weeks. Reads no more than what was written to the object store since.
 */
export async function findFreshStashes(repo: Repository, since: number): Promise<string[]> {
  const found: string[] = [];
  for (const sha of listFreshObjects(repo, since - SLACK_MS)) {
    if ((await repo.catFile.look(sha))?.type === "commit" && (await isStash(repo, sha))) found.push(sha);
  }
  return found;
}

// A stash is upon HEAD and upon a commit of the index, which is upon HEAD, too, and says so.
async function isStash(repo: Repository, sha: string): Promise<boolean> {
  const [base, index] = await parentsOf(repo, sha);
  if (base === undefined || index === undefined) return false;
  const parents = await parentsOf(repo, index);
  if (parents.length !== 1 || parents[0] !== base) return false;
  return /\n\nindex on /.test((await repo.catFile.read(index))?.bytes.toString("latin1") ?? "");
}

function listFreshObjects({ commonDir }: Repository, since: number): string[] {
  const root = join(commonDir, "objects");
  const folders = listNames(root).filter((it) => /^[0-9a-f]{2}$/.test(it) && isFresh(join(root, it), since));
  return folders.flatMap((folder) =>
    listNames(join(root, folder))
      .filter((it) => /^[0-9a-f]{38,62}$/.test(it) && isFresh(join(root, folder, it), since, MOST_BYTES))
      .map((it) => folder + it),
  );
}

function isFresh(path: string, since: number, mostBytes = Number.POSITIVE_INFINITY): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat !== undefined && stat.mtimeMs >= since && (stat.isDirectory() || stat.size <= mostBytes);
}

import { dirname, join } from "node:path";
import { isTaskFile } from "../board/task-file.ts";
import { KanbandError } from "../errors.ts";
import { changedAt, folderChangedAt } from "../git/changed-at.ts";
import { type IndexPath, indexPaths } from "../git/index-paths.ts";
import type { Repository } from "../git/repository.ts";
import { type BoardIndex, idOfPath } from "./board-index.ts";

/** What a checkout takes away and what it could not write any more go within so long, also through a slow filter. */
const TOGETHER_MS = 30_000;

type Paths = ReadonlyMap<string, IndexPath>;

/** The board on disk, and what the index has of it. */
export type TrackedBoard = { repo: Repository; index: BoardIndex; tracked: Paths };

/**
 * Whether a file of the index outside of the board is gone since about when these went: a checkout that gives up leaves the one
 * away at which it does, and a person's own removals are spread over the day.
 */
export async function isRestGone(repo: Repository, paths: readonly string[]): Promise<boolean> {
  const times = paths.map((it) => folderChangedAt(repo, it));
  const isNear = new Map<string, boolean>();
  for (const [path, { isLeftOut }] of await wholeIndex(repo)) {
    if (isLeftOut || /^(?:board|sessions)\//.test(path)) continue;
    const folder = dirname(path);
    if (!isNear.has(folder)) {
      const at = folderChangedAt(repo, path);
      isNear.set(
        folder,
        times.some((it) => Math.abs(it - at) <= TOGETHER_MS),
      );
    }
    if (isNear.get(folder) === true && changedAt(join(repo.top, path)) === 0) return true;
  }
  return false;
}

/**
 * Whether the task of this path lies elsewhere with other bytes, which git knows: so it lay in another commit. A person who moves
 * a file moves its bytes, and what they or we write into it is new.
 */
export async function liesAsElsewhere({ repo, index, tracked }: TrackedBoard, path: string): Promise<boolean> {
  const sha = tracked.get(path)?.sha;
  const there = index.byId
    .get(idOfPath(path))
    .map((it) => ({ it, blobSha: index.disk.tasks.get(it)?.blobSha ?? null }));
  if (there.some(({ blobSha }) => blobSha === sha)) return false;
  for (const { it, blobSha } of there)
    if (blobSha !== null && blobSha !== tracked.get(it)?.sha && (await isKnown(repo, blobSha))) return true;
  return false;
}

/** Those of these paths whose bytes on disk are not the index's, and are known to git: so nothing is lost if they are put back. */
export async function overwritten({ repo, index, tracked }: TrackedBoard, paths: Iterable<string>): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const blobSha = (index.disk.tasks.get(path) ?? index.disk.others.get(path))?.blobSha ?? null;
    const sha = tracked.get(path)?.sha;
    if (blobSha === null || sha === undefined || blobSha === sha || !isTaskFile(path.slice(path.lastIndexOf("/") + 1)))
      continue;
    if (await isKnown(repo, blobSha)) found.push(path);
  }
  return found;
}

async function isKnown(repo: Repository, sha: string): Promise<boolean> {
  return (await repo.catFile.look(sha)) !== null;
}

async function wholeIndex(repo: Repository): Promise<Paths> {
  try {
    return await indexPaths(repo, []);
  } catch (error) {
    if (error instanceof KanbandError && error.code === "GIT_FAILED") return new Map();
    throw error;
  }
}

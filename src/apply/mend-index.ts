import { join } from "node:path";
import { blobSha } from "../files/durable.ts";
import type { FileDiff } from "../git/branches.ts";
import { foreignIndex, isIndexKnown, noteCleanIndex } from "../git/clean-index.ts";
import { readHeadNow } from "../git/head.ts";
import { type IndexEntry, setIndexEntries } from "../git/index-entries.ts";
import { type HeadFile, listHeadFiles, listRemovedSince, readStaged, readStages, type Stages } from "../git/staged.ts";
import { readStash, type StashTraces } from "../git/stash-mark.ts";
import { idOfPath, isBoardHere, orSkipped, readRegularFile } from "./board-file.ts";
import { isOwnEntry, type StagedFacts } from "./own-entry.ts";
import { type Conflict, settleConflict } from "./settle-conflict.ts";
import { findTaskFiles } from "./task-files.ts";
import type { World } from "./world.ts";
import { writeBack } from "./write-back.ts";

const FOLDERS = ["board", "sessions"] as const;
const PATIENCE_MS = 2_000;
/** A removal that was committed so long before the stash changed is none of its doing; git tells whole seconds. */
const BEFORE_MS = 3_000;

/** Whether another git is in the midst of something in the board's working tree. Starts no process. */
export function isGitAtWork({ boardRepo }: World): boolean {
  const { isIndexLocked, operation } = readHeadNow(boardRepo);
  return isIndexLocked || operation !== null;
}

/** Whether somebody else wrote the index since it was last put in order. Starts no process. */
export function isIndexInDoubt({ boardRepo }: World): boolean {
  return !isIndexKnown(boardRepo);
}

/**
 * Puts in order what a `git stash`, its pop or a reset made of the board while the daemon was editing it. Tasks that a popped
 * stash took away with half of an edit come back; conflicts in which nothing that a person wrote is at stake are settled
 * with what is committed; entries of the index that are neither on disk nor committed go. What a person staged stays.
 * Answers the paths that it wrote, relative to the board root.
 */
export async function mendIndex(world: World): Promise<string[]> {
  return await world.boardRepo.commitMutex(async () => {
    const { boardRepo } = world;
    const { indexStamp, sha } = readHeadNow(boardRepo);
    // Kept for who looks at the board: from here on the index counts as known.
    foreignIndex(boardRepo);
    if (sha === null) noteCleanIndex(boardRepo, indexStamp);
    if (!isBoardHere(world) || sha === null) return [];
    const stash = await readStash(boardRepo, FOLDERS, world.clock());
    const written = await bringBack(world, stash, indexStamp);
    const staged = await readStaged(boardRepo, FOLDERS);
    const entries: IndexEntry[] = [];
    if (staged.length > 0) {
      const conflicts = staged.filter(isConflict).map(({ path }) => path);
      const committed = await listHeadFiles(boardRepo, FOLDERS);
      const stages = conflicts.length > 0 ? await readStages(boardRepo, FOLDERS) : new Map<string, Stages>();
      for (const it of staged) {
        const sides = stages.get(it.path) ?? { ours: null, theirs: null };
        const conflict: Conflict = { path: it.path, committed, ...sides };
        if (
          isConflict(it)
            ? await settleConflict(world, conflict)
            : await bringStagedBack(world, it, { committed, stash, indexStamp })
        ) {
          written.push(it.path);
        }
        const entry = entryAsCommitted(world, it.path, { head: sha, committed });
        const isOwn = entry !== null && (await isOwnEntry(world, it, { staged, committed, stash, written }));
        if (entry !== null && isOwn) entries.push(entry);
      }
    }
    if (!isBoardHere(world, indexStamp)) return written;
    if (entries.length > 0) await orSkipped(() => setIndexEntries(boardRepo, entries, PATIENCE_MS));
    if (written.length + entries.length > 0) {
      world.log.warn({ written, entries: entries.map(({ path }) => path) }, "what a stash left of the board is mended");
    }
    // After a change of ours it is looked at once more: somebody may have written it right after us.
    if (entries.length === 0) noteCleanIndex(boardRepo, indexStamp);
    return written;
  });
}

function isConflict({ status }: FileDiff): boolean {
  return status === "U";
}

/**
 * Files that a stash has taken away by what it holds, and that lie nowhere else: committed ones, and ones whose absence
 * somebody has committed since, as `git commit -a` does right after a pop.
 */
async function bringBack(world: World, stash: StashTraces, indexStamp: string): Promise<string[]> {
  if (!stash.isRecent) return [];
  const lately = await listRemovedSince(world.boardRepo, FOLDERS, stash.at - BEFORE_MS);
  const committed = new Map([...lately, ...(await listHeadFiles(world.boardRepo, FOLDERS))]);
  const present = findTaskFiles(world.boardRoot);
  const back: string[] = [];
  for (const [path, { sha }] of committed) {
    const full = join(world.boardRoot, path);
    if (!stash.mayHaveTaken(path) || readRegularFile(full) !== null) continue;
    if (path.startsWith("board/") && present.has(idOfPath(path))) continue;
    if (!(await writeBack(world, { path, sha, indexStamp }))) continue;
    stash.putBack(path);
    back.push(path);
  }
  return back;
}

/** An entry that is neither on disk nor committed: what a stash took, and lies nowhere else, is written from it. */
async function bringStagedBack(
  world: World,
  { path, status, newSha }: FileDiff,
  { committed, stash, indexStamp }: Pick<StagedFacts, "committed" | "stash"> & { indexStamp: string },
): Promise<boolean> {
  if (status !== "A" || !stash.isRecent || readRegularFile(join(world.boardRoot, path)) !== null) return false;
  if (path.startsWith("board/")) {
    if (!stash.mayHaveTaken(path)) return false;
    const id = idOfPath(path);
    const isElsewhere = [...committed.keys()].some((it) => it.startsWith("board/") && idOfPath(it) === id);
    if (isElsewhere || findTaskFiles(world.boardRoot).has(id)) return false;
  }
  return await writeBack(world, { path, sha: newSha, indexStamp });
}

/** The entry as HEAD has it, where the disk says the same: then whatever else is staged may be nobody's wish. */
function entryAsCommitted(
  world: World,
  path: string,
  { head, committed }: { head: string; committed: ReadonlyMap<string, HeadFile> },
): IndexEntry | null {
  const bytes = readRegularFile(join(world.boardRoot, path));
  const file = committed.get(path) ?? null;
  const now = bytes === null ? null : blobSha(bytes, world.boardRepo.objectFormat);
  if (now !== (file?.sha ?? null)) return null;
  return file === null ? { path, mode: "0", sha: head } : { path, ...file };
}

import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { blobSha, createFileDurably, editFileDurably } from "../files/durable.ts";
import { diffFiles, type FileDiff, isAncestor } from "../git/branches.ts";
import { commitPaths } from "../git/commit-paths.ts";
import { readHeadNow } from "../git/head.ts";
import { lastHeadMove } from "../git/head-log.ts";
import { readBlob } from "../git/objects.ts";
import { isBoardHere, isOfBoard, orSkipped, readRegularFile } from "./board-file.ts";
import { putSessionsBack } from "./kept-sessions.ts";
import { displacedDirOf, type World } from "./world.ts";

/**
 * Does again what a `git stash` or `git reset --hard` undid that ran at the same time: it sets the branch to the tip that it
 * found when it began, and a commit made meanwhile is gone with its files. Git's own log says so: nobody asks for a reset
 * to HEAD in order to go elsewhere. Answers the paths, relative to the board root, that changed.
 */
export async function putBack(world: World): Promise<string[]> {
  const { boardRepo } = world;
  const head = readHeadNow(boardRepo);
  if (!isBoardHere(world)) return [];
  const taken = await takenChanges(world, head.sha);
  for (const it of taken) await redo(world, it, head.indexStamp);
  if (taken.length > 0) {
    const paths = taken.map(({ path }) => path);
    world.log.warn({ paths }, "a reset took a commit away; it is made again");
    const message = `Put back what a git reset took away\n\nIt ran while this was committed: ${paths.join(", ")}\n`;
    const changes = paths.map((path) => (existsSync(join(world.boardRoot, path)) ? { path } : { path, sha: null }));
    await orSkipped(() =>
      commitPaths(boardRepo, { ref: head.ref ?? "", changes, message, patienceMs: 2_000, mustBeCheckedOut: true }),
    );
  }
  return [...taken.map(({ path }) => path), ...(await putSessionsBack(world))];
}

async function takenChanges({ boardRepo }: World, sha: string | null): Promise<FileDiff[]> {
  const move = lastHeadMove(boardRepo);
  if (move === null || move.message !== "reset: moving to HEAD" || move.to !== sha) return [];
  if (!(await isAncestor(boardRepo, move.to, move.from))) return [];
  const changes = await diffFiles(boardRepo, move.to, move.from);
  // A commit of anything else is a person's.
  if (!changes.every(({ path }) => isOfBoard(path))) return [];
  // Additions first: a move cut short leaves two files, never none.
  return changes.toSorted((a, b) => Number(a.status === "D") - Number(b.status === "D"));
}

/** Puts one file to what the commit that was taken away had, if it is what the reset made of it. */
async function redo(
  world: World,
  { path, oldMode, oldSha, newMode, newSha }: FileDiff,
  indexStamp: string,
): Promise<void> {
  const full = join(world.boardRoot, path);
  const bytes = readRegularFile(full);
  const now = bytes === null ? null : blobSha(bytes, world.boardRepo.objectFormat);
  const before = isThere(oldMode) ? oldSha : null;
  if (now !== before) return;
  const next = isThere(newMode) ? await readBlob(world.boardRepo, newSha) : null;
  // A checkout that began meanwhile would find a file in its way.
  if (!isBoardHere(world, indexStamp)) return;
  await orSkipped(async () => {
    if (before !== null) return editFileDurably(full, before, next, displacedDirOf(world));
    if (next === null) return;
    mkdirSync(dirname(full), { recursive: true });
    createFileDurably(full, next);
  });
}

function isThere(mode: string): boolean {
  return !/^0+$/.test(mode);
}

import { KanbandError } from "../errors.ts";
import { undoUnfinishedCommit } from "../git/commit-paths.ts";
import { preserveFile } from "../git/preserve-ref.ts";
import type { NotedEntry } from "../git/staged-note.ts";
import { idOfPath } from "./board-file.ts";
import { findTaskFiles } from "./task-files.ts";
import { fullRef, type World } from "./world.ts";
import { writeBack } from "./write-back.ts";

/** Takes back what a commit of an earlier tick, or of a daemon that was killed, staged and never brought to the branch. */
export async function undoUnfinished(world: World, boardBranch: string): Promise<void> {
  const ref = fullRef(boardBranch);
  try {
    await undoUnfinishedCommit(world.boardRepo, { ref, patienceMs: 0, restore: (gone) => restore(world, gone) });
  } catch (error) {
    // Somebody else's git holds the index just now: the next tick tries again.
    if (!(error instanceof KanbandError) || error.code !== "GIT_LOCKED") throw error;
  }
}

// Staged by us and then taken by somebody's reset: but for us they would still be there. What a person may have removed is
// no task any more, whatever that costs: it would be run.
async function restore(world: World, gone: readonly NotedEntry[]): Promise<void> {
  const present = findTaskFiles(world.boardRoot);
  const back: string[] = [];
  const kept: string[] = [];
  for (const it of gone) {
    if (it.path.startsWith("board/") && present.has(idOfPath(it.path))) continue;
    if (!it.wasReset) kept.push(await preserveFile(world.boardRepo, idOfGone(it.path), it));
    else if (await writeBack(world, it)) back.push(it.path);
  }
  if (back.length > 0) world.log.warn({ paths: back }, "files that a reset took away are put back");
  if (kept.length > 0) world.log.warn({ refs: kept }, "files went before they were committed; their text is kept");
}

function idOfGone(path: string): string {
  return path.startsWith("sessions/") ? (path.split("/")[1] ?? "") : idOfPath(path);
}

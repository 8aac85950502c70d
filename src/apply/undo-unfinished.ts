import { KanbandError } from "../errors.ts";
import { undoUnfinishedCommit } from "../git/commit-paths.ts";
import { idOfPath } from "./board-file.ts";
import { findTaskFiles } from "./task-files.ts";
import { fullRef, type World } from "./world.ts";
import { writeBack } from "./write-back.ts";

/** Takes back what a commit of an earlier tick, or of a daemon that was killed, staged and never brought to the branch. */
export async function undoUnfinished(world: World, boardBranch: string): Promise<void> {
  const ref = fullRef(boardBranch);
  try {
    await undoUnfinishedCommit(world.boardRepo, { ref, patienceMs: 0, restore: (taken) => restore(world, taken) });
  } catch (error) {
    // Somebody else's git holds the index just now: the next tick tries again.
    if (!(error instanceof KanbandError) || error.code !== "GIT_LOCKED") throw error;
  }
}

// Staged by us and then taken by somebody's reset: but for us they would still be there.
async function restore(world: World, taken: readonly { path: string; sha: string }[]): Promise<void> {
  const present = findTaskFiles(world.boardRoot);
  const back: string[] = [];
  for (const { path, sha } of taken) {
    const isElsewhere = path.startsWith("board/") && present.has(idOfPath(path));
    if (!isElsewhere && (await writeBack(world, { path, sha }))) back.push(path);
  }
  if (back.length > 0) world.log.warn({ paths: back }, "files that a reset took away are put back");
}

import { existsSync, rmdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { readHeadNow } from "../git/head.ts";
import { findPath } from "../git/objects.ts";
import { readSymbolicRef } from "../git/symbolic-ref.ts";
import { readRuns } from "../process/read-runs.ts";
import { readRunFacts } from "./run-facts.ts";
import { runsDirOf, type World } from "./world.ts";

/** Whether the board's own branch is checked out, and its worktree there: elsewhere its files are not written. */
export function isBoardCheckedOut({ boardRepo, boardRoot }: World): boolean {
  if (!existsSync(join(boardRoot, ".git"))) return false;
  const branch = readSymbolicRef(boardRepo, "refs/kanband/board");
  return branch === null || readHeadNow(boardRepo).ref === branch;
}

/**
 * Takes back what was written of the sessions of runs in the very moment in which somebody checked out another branch. There
 * the files are untracked, and git would not go back over them: the board's branch has files of that name. What they said is
 * written anew from the output of the runs.
 */
export async function withdrawSessions(world: World): Promise<void> {
  const { boardRepo, boardRoot } = world;
  const branch = readSymbolicRef(boardRepo, "refs/kanband/board");
  const { sha } = readHeadNow(boardRepo);
  if (branch === null || sha === null || isBoardCheckedOut(world)) return;
  const paths = readRuns(runsDirOf(world)).flatMap(({ record }) => {
    const facts = readRunFacts(record);
    return facts === null ? [] : [facts.sessionPath, `sessions/${facts.taskId}/context.md`];
  });
  for (const path of new Set(paths)) {
    const file = join(boardRoot, path);
    if (!existsSync(file) || (await findPath(boardRepo, sha, path)) !== null) continue;
    if ((await findPath(boardRepo, branch, path)) === null) continue;
    rmSync(file, { force: true });
    removeIfEmpty(dirname(file));
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Others have files there.
  }
}

import { realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { KanbandError } from "../errors.ts";
import { readStamp } from "./stamp.ts";

export type BoardPlace = {
  /** The working tree that holds `board/`, `personas/` and `sessions/`. */
  boardRoot: string;
  layout: "inline" | "own-branch";
  /** Top of the repository's main working tree (own-branch layout) or the board root itself (inline). */
  repoTop: string;
};

/** Where the own-branch layout checks its branch out. */
export const OWN_BRANCH_FOLDER = "kanban";

/**
 * Finds the board that a folder belongs to: at the top of its repository, in `kanban/` below that top, or, from inside
 * that worktree, there. Starts no process. Codes: NOT_A_REPOSITORY, NO_BOARD.
 */
export async function locateBoard(dir: string): Promise<BoardPlace> {
  const top = findTop(dir);
  if (top === null) throw new KanbandError("NOT_A_REPOSITORY", `${dir} is not in a git repository`);
  const own = join(top, OWN_BRANCH_FOLDER);
  if (hasBoard(own) && isLinked(own)) return { boardRoot: own, layout: "own-branch", repoTop: top };
  const parent = findTop(dirname(top));
  const isOwnBranch = isLinked(top) && parent !== null && join(parent, OWN_BRANCH_FOLDER) === top;
  if (isOwnBranch && hasBoard(top)) return { boardRoot: top, layout: "own-branch", repoTop: parent };
  if (hasBoard(top)) return { boardRoot: top, layout: "inline", repoTop: top };
  // A task's worktree belongs to the board of the repository that it lies in.
  if (/[/\\]\.kanband[/\\]worktrees[/\\][^/\\]+$/.test(top)) return await locateBoard(resolve(top, "../../.."));
  // Away with the branch that has it: a board all the same, and its state says so.
  if (isInlineElsewhere(top)) return { boardRoot: top, layout: "inline", repoTop: top };
  throw new KanbandError("NO_BOARD", `no board/ at the top of ${top}, and none in ${own}`);
}

/** The top of the working tree that a folder lies in; null outside of any. */
function findTop(dir: string): string | null {
  let folder = realFolder(dir);
  while (folder !== null) {
    const kind = readStamp(join(folder, ".git"))?.kind;
    if (kind === "folder" || kind === "file") return folder;
    folder = dirname(folder) === folder ? null : dirname(folder);
  }
  return null;
}

function realFolder(dir: string): string | null {
  try {
    return realpathSync(dir);
  } catch {
    return null;
  }
}

/** A linked worktree has a file where a repository has a folder. */
function isLinked(top: string): boolean {
  return readStamp(join(top, ".git"))?.kind === "file";
}

/** The board's branch is known here and lives in no worktree of its own. */
function isInlineElsewhere(top: string): boolean {
  const git = join(top, ".git");
  const isKnown = readStamp(join(git, "refs", "kanband", "board")) !== null;
  return isKnown && readStamp(join(git, "worktrees", OWN_BRANCH_FOLDER)) === null;
}

function hasBoard(top: string): boolean {
  return readStamp(join(top, "board"))?.kind === "folder";
}

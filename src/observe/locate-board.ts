import { readdirSync, readFileSync, realpathSync } from "node:fs";
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
  if (isLinked(own) && (hasBoard(own) || isOwnOf(top))) return { boardRoot: own, layout: "own-branch", repoTop: top };
  const parent = findTop(dirname(top));
  const isOwnBranch = isLinked(top) && parent !== null && join(parent, OWN_BRANCH_FOLDER) === top;
  if (isOwnBranch && (hasBoard(top) || isOwnOf(parent)))
    return { boardRoot: top, layout: "own-branch", repoTop: parent };
  if (hasBoard(top)) return { boardRoot: top, layout: "inline", repoTop: top };
  // A task's worktree belongs to the board of the repository that it lies in.
  if (/[/\\]\.kanband[/\\]worktrees[/\\][^/\\]+$/.test(top)) return await locateBoard(resolve(top, "../../.."));
  // Away with the branch that has it: a board all the same, and its state says so.
  if (isInlineElsewhere(top)) return { boardRoot: top, layout: "inline", repoTop: top };
  refuseIfGone(top);
  throw new KanbandError("NO_BOARD", `no board/ at the top of ${top}, and none in ${own}`);
}

/** Says how to get back a board of its own branch whose worktree somebody removed. Throws NO_BOARD. */
export function refuseIfGone(top: string): void {
  const [own, branch] = [join(top, OWN_BRANCH_FOLDER), branchOf(top)];
  if (branch === null || !hasOwnFolder(top) || hasBoard(own)) return;
  const isInTheWay = readStamp(own) !== null && readdirSync(own).length > 0;
  const again = `\`kanband init --branch ${branch}\` checks out what was committed`;
  throw new KanbandError("NO_BOARD", `the board is on the branch ${branch}, and its worktree ${own} is gone`, {
    hint: isInTheWay ? `Move what is left of ${own} elsewhere; then ${again}.` : `${again}.`,
  });
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
  return branchOf(top) !== null && !hasOwnFolder(top);
}

/** Its board lives in a worktree of its own, whatever somebody removed of it. */
function isOwnOf(top: string): boolean {
  return branchOf(top) !== null && hasOwnFolder(top);
}

/** Short name of the branch that holds the board, as the repository of this top has it; null in a linked worktree. */
function branchOf(top: string): string | null {
  const [, branch = null] = /^ref: refs\/heads\/(.+)$/m.exec(textOf(join(top, ".git/refs/kanband/board"))) ?? [];
  return branch;
}

/** Set when the own-branch layout is made; the registration goes with the worktree when somebody prunes it. */
function hasOwnFolder(top: string): boolean {
  const git = join(top, ".git");
  const isExcluded = textOf(join(git, "info/exclude")).split(/\r?\n/).includes(`/${OWN_BRANCH_FOLDER}/`);
  return isExcluded || readStamp(join(git, "worktrees", OWN_BRANCH_FOLDER)) !== null;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function hasBoard(top: string): boolean {
  return readStamp(join(top, "board"))?.kind === "folder";
}

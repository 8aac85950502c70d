import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { LANES } from "../../board/lane.ts";
import { KanbandError } from "../../errors.ts";
import { moveBranch } from "../../git/branches.ts";
import { resolveRef } from "../../git/head.ts";
import { createOrphanWorktree } from "../../git/orphan-worktree.ts";
import { openRepository, type Repository } from "../../git/repository.ts";
import { listWorktrees } from "../../git/worktrees.ts";
import { OWN_BRANCH_FOLDER } from "../../observe/locate-board.ts";
import { currentBranch, type InitResult } from "./inline.ts";
import { INIT_MESSAGE, makeBoard } from "./make-board.ts";
import { templateFiles } from "./template.ts";

/**
 * A board on a branch that shares no history with the code, checked out as a linked worktree. A branch of that name that
 * is there already, here or on `origin`, is taken: that is how a second clone gets the board.
 */
export async function initOwnBranch(repo: Repository, branch: string): Promise<InitResult> {
  const boardRoot = join(repo.top, OWN_BRANCH_FOLDER);
  await refuseIfInTheWay(repo, boardRoot, branch);
  const files = templateFiles((await currentBranch(repo)).replace("refs/heads/", ""));
  const ref = `refs/heads/${branch}`;
  const isNew = (await resolveRef(repo, ref)) === null && !(await takeFromOrigin(repo, branch));
  const isCheckedOut = !isNew && !existsSync(join(boardRoot, ".git"));
  const texts = Object.fromEntries(files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]));
  await createOrphanWorktree(repo, { branch, path: boardRoot, files: texts, message: INIT_MESSAGE });
  const boardRepo = await openRepository(boardRoot);
  try {
    const { commitSha, made } = await makeBoard(boardRepo, ref, files, ["/.kanband/", `/${OWN_BRANCH_FOLDER}/`]);
    if (!isNew) return { boardRoot, layout: "own-branch", branch, commitSha, made, isCheckedOut };
    const firstSha = await resolveRef(repo, ref);
    return {
      boardRoot,
      layout: "own-branch",
      branch,
      commitSha: firstSha,
      made: files.map(({ path }) => path),
      isCheckedOut,
    };
  } finally {
    await boardRepo.close();
  }
}

async function refuseIfInTheWay(repo: Repository, boardRoot: string, branch: string): Promise<void> {
  // Code may well have a folder `board/` of its own; one with lanes is a board.
  if (LANES.some((lane) => existsSync(join(repo.top, "board", lane)))) {
    throw new KanbandError("USAGE", `there is a board at the top of ${repo.top} already`, {
      hint: "One repository has one board: `kanband init` without `--branch` completes it.",
    });
  }
  const own = (await listWorktrees(repo)).find(({ path }) => path === boardRoot);
  if (own !== undefined && own.branch !== branch) {
    throw new KanbandError("USAGE", `${boardRoot} is a worktree with ${own.branch ?? "no branch"} checked out`, {
      hint: "Give that branch to `--branch`, or remove the worktree.",
    });
  }
  const isWhole = own !== undefined && existsSync(join(boardRoot, ".git"));
  if (!isWhole && existsSync(boardRoot) && readdirSync(boardRoot).length > 0) {
    throw new KanbandError("USAGE", `${boardRoot} is in the way: the board is to be checked out there`, {
      hint: "Move it elsewhere.",
    });
  }
}

async function takeFromOrigin(repo: Repository, branch: string): Promise<boolean> {
  const sha = await resolveRef(repo, `refs/remotes/origin/${branch}`);
  if (sha !== null) await moveBranch(repo, `refs/heads/${branch}`, null, sha);
  return sha !== null;
}

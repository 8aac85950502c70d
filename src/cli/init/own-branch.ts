import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { LANES } from "../../board/lane.ts";
import { KanbandError } from "../../errors.ts";
import { moveBranch } from "../../git/branches.ts";
import { resolveRef } from "../../git/head.ts";
import { commitTree } from "../../git/merge.ts";
import { openRepository, type Repository } from "../../git/repository.ts";
import { ensureWorktree, listWorktrees } from "../../git/worktrees.ts";
import { currentBranch, type InitResult } from "./inline.ts";
import { makeBoard } from "./make-board.ts";

/** Where the board's branch is checked out, inside the repository. */
const FOLDER = "kanband";

/**
 * A board on a branch that shares no history with the code, checked out as a linked worktree. A branch of that name that
 * is there already, here or on `origin`, is taken: that is how a second clone gets the board.
 */
export async function initOwnBranch(repo: Repository, branch: string): Promise<InitResult> {
  const boardRoot = join(repo.top, FOLDER);
  await refuseIfInTheWay(repo, boardRoot, branch);
  const baseBranch = (await currentBranch(repo)).replace("refs/heads/", "");
  const ref = `refs/heads/${branch}`;
  const startSha = (await resolveRef(repo, ref)) ?? (await startBranch(repo, branch));
  await ensureWorktree(repo, { path: boardRoot, branch, startSha, exclude: [] });
  const boardRepo = await openRepository(boardRoot);
  try {
    const excluded = ["/.kanband/", `/${FOLDER}/`];
    const { commitSha, made } = await makeBoard(boardRepo, { ref, baseBranch, excluded });
    return { boardRoot, layout: "own-branch", branch, commitSha, made };
  } finally {
    await boardRepo.close();
  }
}

// Making a worktree clears its place, so nothing but a worktree of ours may stand there.
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
  if (own === undefined && existsSync(boardRoot) && readdirSync(boardRoot).length > 0) {
    throw new KanbandError("USAGE", `${boardRoot} is in the way: the board is checked out there`, {
      hint: "Move it elsewhere.",
    });
  }
}

/** The branch as `origin` has it, or a new one that starts with an empty commit. */
async function startBranch(repo: Repository, branch: string): Promise<string> {
  const sha = (await resolveRef(repo, `refs/remotes/origin/${branch}`)) ?? (await emptyCommit(repo));
  await moveBranch(repo, `refs/heads/${branch}`, null, sha);
  return sha;
}

async function emptyCommit(repo: Repository): Promise<string> {
  const tree = repo.objectFormat === "sha1" ? EMPTY_TREE_SHA1 : EMPTY_TREE_SHA256;
  return await commitTree(repo, { tree, parents: [], message: "Start the branch of the kanband board\n" });
}

// Git knows the tree without entries under these names in every repository.
const EMPTY_TREE_SHA1 = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const EMPTY_TREE_SHA256 = "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";

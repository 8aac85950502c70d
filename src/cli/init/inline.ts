import { existsSync } from "node:fs";
import { join } from "node:path";
import { LANES } from "../../board/lane.ts";
import { KanbandError } from "../../errors.ts";
import { readHead } from "../../git/head.ts";
import type { Repository } from "../../git/repository.ts";
import { OWN_BRANCH_FOLDER, refuseIfGone } from "../../observe/locate-board.ts";
import { makeBoard } from "./make-board.ts";
import { templateFiles } from "./template.ts";

export type InitResult = {
  boardRoot: string;
  layout: "inline" | "own-branch";
  branch: string;
  commitSha: string | null;
  /** Paths of the files that were not there before, relative to the board root. */
  made: string[];
  /** Whether a branch that was there already was checked out. */
  isCheckedOut: boolean;
};

/**
 * A board at the top of the repository, on the branch that is checked out. Throws USAGE; NO_BOARD when there is one that is
 * gone.
 */
export async function initInline(repo: Repository): Promise<InitResult> {
  if (
    existsSync(join(repo.top, OWN_BRANCH_FOLDER, "board")) &&
    !LANES.some((lane) => existsSync(join(repo.top, "board", lane)))
  ) {
    throw new KanbandError(
      "USAGE",
      `this repository has a board on a branch of its own, in ${join(repo.top, OWN_BRANCH_FOLDER)}`,
      {
        hint: "Use that one: kanband finds it from anywhere in the repository.",
      },
    );
  }
  refuseIfGone(repo.top);
  const ref = await currentBranch(repo);
  const branch = ref.replace("refs/heads/", "");
  const { commitSha, made } = await makeBoard(repo, ref, templateFiles(branch), ["/.kanband/"]);
  return { boardRoot: repo.top, layout: "inline", branch, commitSha, made, isCheckedOut: false };
}

/**
 * Full name of the branch checked out; the branch need not have a commit yet. Throws USAGE when there is none or it is not
 * free.
 */
export async function currentBranch(repo: Repository): Promise<string> {
  const { ref, operation } = await readHead(repo);
  if (operation !== null)
    throw new KanbandError("USAGE", `a ${operation} is in progress here`, { hint: "Finish it first." });
  if (ref === null) {
    throw new KanbandError("USAGE", "no branch is checked out (detached HEAD)", {
      hint: "`git switch <branch>` first.",
    });
  }
  return ref;
}

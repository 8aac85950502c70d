import { branchOf } from "../../board/branch.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";
import { isAncestor, listBranches, moveBranch } from "../../git/branches.ts";
import { resolveRef } from "../../git/head.ts";
import { isObjectId } from "../../git/objects.ts";
import { isRefName } from "../../git/ref-name.ts";
import type { Board } from "../../observe/open-board.ts";
import type { KeptWork } from "./kept-work.ts";

/** `isMade` false: the branch was there, and holds the work already. */
export type Restored = { branch: string; sha: string; isMade: boolean };

/**
 * Makes a branch of kept work: that of its task, or one of the person's own. Nothing that is there is moved.
 * Throws USAGE for a branch that is taken, or where the daemon would merge what nobody has accepted.
 */
export async function restoreWork(
  { codeRepo }: Pick<Board, "codeRepo">,
  snapshot: Pick<Snapshot, "tasks">,
  { name, task, ref, sha }: KeptWork,
  own: string | null,
): Promise<Restored> {
  const branch = own ?? branchOf(task);
  const hint = "Name a branch of your own: `--branch rescue`.";
  if (own === null) {
    const lane = snapshot.tasks.find(({ id }) => id === task)?.lane ?? null;
    if (lane === null) throw new KanbandError("USAGE", `no task ${task} is on the board`, { hint });
    if (lane === "done") throw new KanbandError("USAGE", `${task} is accepted: its branch would be merged`, { hint });
  } else if (/^kanband(?:-cycle)?(?:\/|$)/i.test(own) || !isBranchName(own)) {
    throw new KanbandError("USAGE", `'${own}' cannot be the name of a branch of yours`, { hint });
  }
  const there = await resolveRef(codeRepo, `refs/heads/${branch}`);
  if (there === null) {
    const names = [...(await listBranches(codeRepo, "")).keys()];
    const other = names.find((it) => it.startsWith(`${branch}/`) || branch.startsWith(`${it}/`));
    if (other !== undefined)
      throw new KanbandError("USAGE", `'${branch}' cannot be beside the branch ${other}`, { hint });
    await moveBranch(codeRepo, `refs/heads/${branch}`, null, sha);
    return { branch, sha, isMade: true };
  }
  if (await isAncestor(codeRepo, sha, there)) return { branch, sha: there, isMade: false };
  const merge = `to bring ${name} in, \`git merge ${ref}\` where it is checked out`;
  throw new KanbandError("USAGE", `the branch ${branch} is there, at ${there.slice(0, 7)}: ${merge}`, { hint });
}

// What git would refuse, and what would be taken for an option, for HEAD or for a commit.
function isBranchName(name: string): boolean {
  return !/^-|^(?:HEAD|@)$|\s/i.test(name) && !isObjectId(name.toLowerCase()) && isRefName(`refs/heads/${name}`);
}

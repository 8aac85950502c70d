import { formatCommit } from "../board/commit-message.ts";
import { isAncestor } from "../git/branches.ts";
import { commitTree } from "../git/merge.ts";
import { type CommitRead, readCommit } from "../git/read-commit.ts";
import type { World } from "./world.ts";

/** The trailer that names the commit upon which a branch began anew. */
const BEGUN = "Begun-Upon";

/** The trailers of a commit with which a branch begins anew. */
export function begunTrailers(taskId: string, upon: string): [key: string, value: string][] {
  return [
    ["Task", taskId],
    [BEGUN, upon],
  ];
}

/** The work of a task as one commit upon another: what its branch was before would count as merged for ever. Code: GIT_FAILED. */
export async function beginAnew(
  { codeRepo }: World,
  { taskId, tree, upon }: { taskId: string; tree: string; upon: string },
): Promise<string> {
  const subject = `Begin ${taskId} anew with its work`;
  const message = formatCommit([{ subject, trailers: begunTrailers(taskId, upon) }]);
  return await commitTree(codeRepo, { tree, parents: [upon], message });
}

/** Whether a branch began anew with this commit. One that somebody brought onto another since then began like any other. */
export function isBegun({ message, parents }: Pick<CommitRead, "message" | "parents">): boolean {
  return parents[0] !== undefined && message.split("\n").includes(`${BEGUN}: ${parents[0]}`);
}

/** So far back along its first parents it is looked for where a branch began. */
const FARTHEST = 256;

/**
 * The commit upon which a branch began anew, if the base does not hold it any more: somebody amended or rebased the revert, or took
 * something out before it. What git says they have in common is older than that then, and knows nothing of what was taken back in
 * between: seen from there the branch brings nothing. Null: git is right. Starts no process where it began like any other.
 * Code: GIT_FAILED.
 */
export async function lostStart(
  { codeRepo }: World,
  { tip, baseSha, branchedFrom }: { tip: string; baseSha: string; branchedFrom: string | null },
): Promise<string | null> {
  let sha = tip;
  for (let count = 0; count < FARTHEST; count++) {
    const commit = await readCommit(codeRepo, sha);
    const [first, second] = commit?.parents ?? [];
    if (commit === null || first === undefined) return null;
    if (isBegun(commit)) return (await isAncestor(codeRepo, first, baseSha)) ? null : first;
    // From there on the base itself is what they have in common.
    if (sha === branchedFrom || (second !== undefined && (await isAncestor(codeRepo, second, baseSha)))) return null;
    sha = first;
  }
  return null;
}

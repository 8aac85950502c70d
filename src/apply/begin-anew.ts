import { formatCommit } from "../board/commit-message.ts";
import { commitTree } from "../git/merge.ts";
import type { World } from "./world.ts";

/** The work of a task as one commit upon another: what its branch was before would count as merged for ever. Code: GIT_FAILED. */
export async function beginAnew(
  { codeRepo }: World,
  { taskId, tree, upon }: { taskId: string; tree: string; upon: string },
): Promise<string> {
  const message = formatCommit([{ subject: `Begin ${taskId} anew with its work`, trailers: [["Task", taskId]] }]);
  return await commitTree(codeRepo, { tree, parents: [upon], message });
}

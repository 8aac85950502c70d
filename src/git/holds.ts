import { isAncestor } from "./branches.ts";
import { isObjectId, treeIdOf } from "./objects.ts";
import type { Repository } from "./repository.ts";

/** Whether a commit is in the history of another; false also for one that is not here, or whose id is none. */
export async function holds(repo: Repository, tip: string, sha: string): Promise<boolean> {
  return isObjectId(sha) && (await treeIdOf(repo, sha)) !== null && (await isAncestor(repo, sha, tip));
}

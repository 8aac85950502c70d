import { KanbandError } from "../errors.ts";
import { updateRefs } from "../git/ref-update.ts";
import type { Repository } from "../git/repository.ts";
import { heldTips, stackMoves } from "./start-commit.ts";
import { branchRefOf } from "./world.ts";

/**
 * Removes a task's branch together with the record of what it stands on. False: somebody moved it at that very moment, and all
 * is as it was. Codes: GIT_LOCKED, GIT_FAILED.
 */
export async function removeBranch(
  repo: Repository,
  { taskId, sha }: { taskId: string; sha: string },
): Promise<boolean> {
  try {
    const branch = { ref: branchRefOf(taskId), from: sha, to: null };
    await updateRefs(repo, [branch, ...stackMoves(taskId, heldTips(repo, taskId), new Map())]);
    return true;
  } catch (error) {
    if (error instanceof KanbandError && error.code === "REF_MOVED") return false;
    throw error;
  }
}

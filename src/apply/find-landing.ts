import { landingOf } from "../board/landing.ts";
import { logTask } from "../git/history.ts";
import type { World } from "./world.ts";

type Landed = { taskId: string; branchSha: string; baseSha: string };

/**
 * The commit of the base that brought a branch there before somebody could write it down, where the base does not hold the branch
 * itself; null when there is none. One process, and none where each branch is merged. Code: GIT_FAILED.
 */
export async function findLanding(world: World, it: Landed): Promise<string | null> {
  return world.settings().mergeStyle === "merge" ? null : await landingOnBase(world, it);
}

/** The same, whether or not the base holds the branch itself: one process. Code: GIT_FAILED. */
export async function landingOnBase(world: World, { taskId, branchSha, baseSha }: Landed): Promise<string | null> {
  const found = await logTask(world.codeRepo, {
    refs: [baseSha],
    without: [branchSha],
    task: taskId,
    isFirstParent: true,
  });
  return found.find(({ trailers }) => landingOf(trailers)?.tip === branchSha)?.sha ?? null;
}

import { landingOf } from "../board/landing.ts";
import { whereBrought } from "../git/base-range.ts";
import { logTask } from "../git/history.ts";
import { takenBackIn } from "./own-entries.ts";
import type { World } from "./world.ts";

type Landed = { taskId: string; branchSha: string; baseSha: string };

/**
 * The commit of the base that brought a branch there before somebody could write it down, where the base does not hold the branch
 * itself; null when there is none. One process, and none where each branch is merged. Code: GIT_FAILED.
 */
export async function findLanding(world: World, it: Landed): Promise<string | null> {
  return world.settings().mergeStyle === "merge" ? null : await landingOnBase(world, it);
}

/** The same, whether or not the base holds the branch itself; not one that was taken back. One process. Code: GIT_FAILED. */
export async function landingOnBase(world: World, { taskId, branchSha, baseSha }: Landed): Promise<string | null> {
  const found = await logTask(world.codeRepo, {
    refs: [baseSha],
    without: [branchSha],
    task: taskId,
    isFirstParent: true,
  });
  const takenBack = takenBackIn(found);
  return found.find(({ sha, trailers }) => landingOf(trailers)?.tip === branchSha && !takenBack.has(sha))?.sha ?? null;
}

/**
 * The same, and where the daemon did not bring it: the commit of the base's own line with which somebody else did, by a merge,
 * or by moving the base to the branch. Three processes. Code: GIT_FAILED.
 */
export async function anyLandingOnBase(world: World, it: Landed): Promise<string | null> {
  return (await landingOnBase(world, it)) ?? (await whereBrought(world.codeRepo, it.branchSha, it.baseSha));
}

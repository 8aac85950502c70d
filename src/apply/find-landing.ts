import { landingOf } from "../board/landing.ts";
import { logTask } from "../git/history.ts";
import type { World } from "./world.ts";

/**
 * The commit of the base that brought a branch there before somebody could write it down, where the base does not hold the branch
 * itself; null when there is none. One process, and none where each branch is merged. Code: GIT_FAILED.
 */
export async function findLanding(
  world: World,
  { taskId, branchSha, baseSha }: { taskId: string; branchSha: string; baseSha: string },
): Promise<string | null> {
  if (world.settings().mergeStyle === "merge") return null;
  const found = await logTask(world.codeRepo, {
    refs: [baseSha],
    without: [branchSha],
    task: taskId,
    isFirstParent: true,
  });
  return found.find(({ trailers }) => landingOf(trailers)?.tip === branchSha)?.sha ?? null;
}

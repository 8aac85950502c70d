import { sweepUnfinishedObjects } from "../git/sweep-objects.ts";
import type { World } from "./world.ts";

/** Removes what a killed daemon was in the middle of writing into the repositories; nothing refers to it. */
export async function sweepObjects({ boardRepo, codeRepo }: World): Promise<void> {
  for (const repo of new Set([boardRepo, codeRepo])) await sweepUnfinishedObjects(repo, performance.timeOrigin);
}

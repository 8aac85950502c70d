import type { CheckClaim } from "../board/check-claim.ts";
import { findPath } from "../git/objects.ts";
import { inconclusive } from "./claim-of.ts";
import { list } from "./path-refusals.ts";
import type { CopiedFile } from "./run-facts.ts";
import { matchFiles } from "./worktree-files.ts";
import type { World } from "./world.ts";

/**
 * Says which files of `worktree.copy` the commands do not have as a person has them, because the branch brings one of its own in
 * that place and the base has none: a git-ignored `.env` that was committed.
 */
export async function displacedClaim(
  world: World,
  copied: readonly CopiedFile[],
  base: string | null,
): Promise<CheckClaim[]> {
  const known = new Set(copied.map(({ path }) => path));
  const others = matchFiles(world.codeRepo.top, world.settings().worktree.copy).filter((it) => !known.has(it));
  const displaced: string[] = [];
  for (const path of others) {
    if (base === null || (await findPath(world.codeRepo, base, path)) === null) displaced.push(path);
  }
  if (displaced.length === 0) return [];
  const what = "`verify` runs with the files of `worktree.copy`";
  return [inconclusive(what, `the branch has its own ${list(displaced)} in their place`)];
}

import { mergeBase } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { baseRefOf, type World } from "./world.ts";

/**
 * Why a commit cannot be merged into the base at all: it does not build upon any commit of it, and git joins no such two.
 * Null: it does, or there is no base. Code: GIT_FAILED.
 */
export async function strangeHistory(world: World, tip: string): Promise<string | null> {
  const base = await resolveRef(world.codeRepo, baseRefOf(world));
  const isStrange = base !== null && (await mergeBase(world.codeRepo, base, tip)) === null;
  return isStrange
    ? `the branch has no commit in common with ${world.settings().base}: its history was begun anew`
    : null;
}

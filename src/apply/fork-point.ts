import { mergeBase } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { baseRefOf, branchRefOf, fullRef, type World } from "./world.ts";

/**
 * Where a task's branch left the one below it: the branch of the task, or the branch, that its `base` names. Null: it names
 * none, or there is none any more.
 */
export async function lowerFork(world: World, tip: string, base: string | null): Promise<string | null> {
  if (base === null) return null;
  const repo = world.codeRepo;
  const lower = (await resolveRef(repo, branchRefOf(base))) ?? (await resolveRef(repo, fullRef(base)));
  return lower === null ? null : await mergeBase(repo, lower, tip);
}

/** Where it left what it started from, the board's base included; null when they have nothing in common. */
export async function forkPoint(world: World, tip: string, base: string | null): Promise<string | null> {
  const lower = await lowerFork(world, tip, base);
  const sha = lower === null ? await resolveRef(world.codeRepo, baseRefOf(world)) : null;
  return sha === null ? lower : await mergeBase(world.codeRepo, sha, tip);
}

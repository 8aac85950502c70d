import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { preserveWorktree } from "../git/preserve.ts";
import { listWorktrees, type Worktree } from "../git/worktrees.ts";
import type { RunFacts } from "./run-facts.ts";
import { baseRefOf, type World } from "./world.ts";

/** A worktree that a run has made. `name`: its path as the pool's folder has it. */
export type ForeignWorktree = { path: string; name: string; refs: readonly string[] };

/**
 * The worktrees that a run has made below the folder of the pool, each with the refs that now keep its work: all that are in
 * its own worktree, and those whose log begins with its committer's address. They stay until its outcome is fixed.
 */
export async function keepForeignWorktrees(world: World, facts: RunFacts, email: string): Promise<ForeignWorktree[]> {
  const all = (await listWorktrees(world.codeRepo)).filter(({ path, madeBy }) => {
    if (path.startsWith(`${facts.worktree}/`)) return true;
    return madeBy === email && path.startsWith(`${world.worktreesDir}/`) && path !== facts.worktree;
  });
  const found: ForeignWorktree[] = [];
  for (const it of all) {
    const name = it.path.slice(world.worktreesDir.length + 1);
    found.push({ path: it.path, name, refs: await keep(world, facts, it, name) });
  }
  return found;
}

async function keep(world: World, { taskId, branch }: RunFacts, it: Worktree, name: string): Promise<string[]> {
  const message = `Keep what was unsaved in the worktree ${name} of ${taskId}\n`;
  const isKnown = it.head !== null && (await isReached(world, it.head, [branch, baseRefOf(world)]));
  const since = isKnown ? it.head : null;
  const ref = await preserveWorktree(world.codeRepo, { id: taskId, path: it.path, message, since });
  return ref === null ? [] : [ref];
}

async function isReached(world: World, sha: string, refs: readonly string[]): Promise<boolean> {
  for (const ref of refs) {
    const tip = await resolveRef(world.codeRepo, ref);
    if (tip !== null && (await isAncestor(world.codeRepo, sha, tip))) return true;
  }
  return false;
}

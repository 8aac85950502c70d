import { existsSync } from "node:fs";
import { freeWorktree, listWorktrees, removeWorktree } from "../git/worktrees.ts";
import type { RunFacts } from "./run-facts.ts";
import { excludedFolders, type World } from "./world.ts";

/** Frees a borrowed worktree: what commands of `verify` left there is no work. */
export async function giveWorktreeBack(world: World, { worktree }: RunFacts): Promise<void> {
  if (!existsSync(worktree)) return;
  const known = (await listWorktrees(world.codeRepo)).find(({ path }) => path === worktree);
  // The commands left a branch without a commit, or no worktree at all.
  if (known === undefined || known.head === null) await removeWorktree(world.codeRepo, worktree);
  else await freeWorktree(world.codeRepo, { path: worktree, exclude: excludedFolders(world) });
}

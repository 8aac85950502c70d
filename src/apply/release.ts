import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Effect } from "../decide/action.ts";
import { failpoint } from "../files/failpoint.ts";
import { preserveWorktree } from "../git/preserve.ts";
import { freeWorktree, listWorktrees, removeWorktree } from "../git/worktrees.ts";
import { sweepProcesses } from "../process/sweep.ts";
import { worktreesOfRuns } from "./take-worktree.ts";
import { excludedFolders, type World } from "./world.ts";

type ReleaseEffect = Extract<Effect, { kind: "release" }>;

/**
 * Gives a worktree back to the pool, or removes it when the pool is full. What is unsaved in it goes to a preserved ref
 * first. One that a recorded run works in is left alone.
 */
export async function release(world: World, { taskId, worktree }: ReleaseEffect): Promise<void> {
  const repo = world.codeRepo;
  const path = join(world.worktreesDir, worktree);
  const known = (await listWorktrees(repo)).find((it) => it.path === path);
  if (known === undefined || worktreesOfRuns(world).has(path)) return;
  await sweepProcesses({ cwdUnder: path });
  if (!existsSync(path) || known.head === null) {
    await removeWorktree(repo, path);
    return;
  }
  failpoint("apply.release.before-preserve");
  const id = taskId ?? worktree;
  const message = `Keep what was unsaved in ${worktree} on ${id}\n`;
  // What its branch holds stays on the branch.
  const since = known.branch === null ? null : known.head;
  const ref = await preserveWorktree(repo, { id, path, message, since });
  if (ref !== null) world.log.warn({ taskId, worktree, ref }, "unsaved work in a worktree is kept on a ref");
  failpoint("apply.release.after-preserve");
  await freeWorktree(repo, { path, exclude: excludedFolders(world) });
  failpoint("apply.release.after-free");
  if ((await countFree(world)) > world.settings().worktree.pool) await removeWorktree(repo, path);
}

async function countFree(world: World): Promise<number> {
  const inUse = worktreesOfRuns(world);
  const all = await listWorktrees(world.codeRepo);
  return all.filter((it) => it.branch === null && it.path.startsWith(`${world.worktreesDir}/`) && !inUse.has(it.path))
    .length;
}

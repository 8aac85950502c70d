import { existsSync } from "node:fs";
import { join } from "node:path";
import { branchOf, cycleBranchOf } from "../board/branch.ts";
import { isOfPool } from "../board/pool.ts";
import type { Effect } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { listKeptWhole } from "../git/kept-whole.ts";
import { preserveAtEnd } from "../git/preserve.ts";
import { freeWorktree, listWorktrees, removeWorktree } from "../git/worktrees.ts";
import { sweepProcesses } from "../process/sweep.ts";
import { madeBySetup } from "./setup-files.ts";
import { holdWorktree, worktreesOfRuns } from "./take-worktree.ts";
import { excludedFolders, type World } from "./world.ts";

type ReleaseEffect = Extract<Effect, { kind: "release" }>;

/**
 * Gives a worktree back to the pool, or removes it when the pool is full. What is unsaved in it goes to a preserved ref
 * first. One that a recorded run works in, or that another task has by now, is left alone.
 */
export async function release(world: World, effect: ReleaseEffect, snapshot: Snapshot): Promise<void> {
  const { taskId, worktree, cycle } = effect;
  const path = join(world.worktreesDir, worktree);
  const branch = cycle === undefined ? branchOf(taskId) : cycleBranchOf(taskId, cycle);
  await holdWorktree(world, { path, branch }, async ({ head }) => {
    const repo = world.codeRepo;
    await sweepProcesses({ cwdUnder: path });
    if (!existsSync(path)) {
      await removeWorktree(repo, path);
      return;
    }
    failpoint("apply.release.before-preserve");
    const message = `Keep what was unsaved in ${worktree} on ${taskId}\n`;
    const before = listKeptWhole(repo, taskId);
    // What its branch holds stays on the branch.
    const { ref, ignored } = await preserveAtEnd(repo, {
      id: taskId,
      path,
      message,
      since: head,
      leave: madeBySetup(world, path),
    });
    const kept = listKeptWhole(repo, taskId).filter((it) => !before.includes(it));
    if (kept.length > 0) world.log.warn({ taskId, worktree, kept }, "what no commit can hold is kept as it was");
    if (ref !== null) world.log.warn({ taskId, worktree, ref }, "unsaved work in a worktree is kept on a ref");
    failpoint("apply.release.after-preserve");
    // Somebody deleted its branch.
    if (head === null) {
      await removeWorktree(repo, path);
      return;
    }
    await freeWorktree(repo, { path, exclude: excludedFolders(world), ignored });
    failpoint("apply.release.after-free");
    if ((await countFree(world)) > mostFree(world, snapshot)) await removeWorktree(repo, path);
  });
}

// Tasks that are about to start would only have them made anew.
function mostFree(world: World, { tasks }: Snapshot): number {
  const { slots, worktree } = world.settings();
  const queued = tasks.filter(({ lane }) => lane === "planned").length;
  return Math.max(worktree.pool, Math.min(queued, slots.length));
}

async function countFree(world: World): Promise<number> {
  const inUse = worktreesOfRuns(world);
  const all = await listWorktrees(world.codeRepo);
  return all.filter((it) => it.branch === null && isOfPool(world.worktreesDir, it) && !inUse.has(it.path)).length;
}

import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { branchOf, cycleBranchOf } from "../board/branch.ts";
import { isOfPool } from "../board/pool.ts";
import type { StepWork } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { resolveRef } from "../git/head.ts";
import type { Repository } from "../git/repository.ts";
import { ensureFreeWorktree, ensureWorktree, listWorktrees, type Worktree } from "../git/worktrees.ts";
import { readRuns } from "../process/read-runs.ts";
import { readRunFacts } from "./run-facts.ts";
import { beginBranch, startCommit } from "./start-commit.ts";
import { excludedFolders, fullRef, runsDirOf, type World } from "./world.ts";

/** `hasConflict`: the branch was begun just now, and what it stands on conflicts. */
export type TakenWorktree = { path: string; branch: string; tip: string; hasConflict: boolean };

/**
 * A worktree with the task's branch checked out, or that of one of its cycles: the one that has it, else a free one of the
 * pool, else a new one. The branch stays where it is; a new one starts at what the task stands on, or where the cycle begins. Doing
 * it again changes nothing. Throws WORKTREE_BROKEN when the base does not exist, and GIT_FAILED.
 */
export async function takeWorktree(
  world: World,
  snapshot: Snapshot,
  taskId: string,
  cycle: StepWork["cycle"] | null = null,
): Promise<TakenWorktree> {
  const name = cycle === null ? branchOf(taskId) : cycleBranchOf(taskId, cycle.index);
  const branch = fullRef(name);
  const known = await resolveRef(world.codeRepo, branch);
  const begun = known === null && cycle === null ? await beginBranch(world, snapshot, taskId) : null;
  const startSha = known ?? begun?.sha ?? cycle?.startSha ?? (await startCommit(world, snapshot, taskId)).sha;
  return await inTurn(world.codeRepo, async (reserved) => {
    const path = await choosePath(world, name, reserved);
    failpoint("apply.worktree.before-ensure");
    await ensureWorktree(world.codeRepo, { path, branch: name, startSha, exclude: excludedFolders(world) });
    failpoint("apply.worktree.after-ensure");
    const tip = (await resolveRef(world.codeRepo, branch)) ?? startSha;
    return { path, branch, tip, hasConflict: (begun?.conflicts.length ?? 0) > 0 };
  });
}

/**
 * A free worktree at a commit, which nobody else is given while `use` runs: for a merge to be tried in. Once a run is
 * recorded in it, the record keeps it.
 */
export async function borrowWorktree<T>(world: World, sha: string, use: (path: string) => Promise<T>): Promise<T> {
  const { path, reserved } = await inTurn(world.codeRepo, async (taken) => {
    const free = await choosePath(world, null, taken);
    taken.add(free);
    return { path: free, reserved: taken };
  });
  try {
    await makeFree(world, path, sha, { isLent: true });
    return await use(path);
  } finally {
    reserved.delete(path);
  }
}

/**
 * Keeps the worktree that has a branch (its short name) checked out from everybody else while `use` runs: once it is free, a
 * launch could take it in the midst of that. Nothing is done when it has another branch by now.
 */
export async function holdWorktree(
  world: World,
  { path, branch }: { path: string; branch: string },
  use: (worktree: Worktree) => Promise<void>,
): Promise<void> {
  const held = await inTurn(world.codeRepo, async (reserved) => {
    const known = (await listWorktrees(world.codeRepo)).find((it) => it.path === path);
    if (known?.branch !== branch || reserved.has(path) || worktreesOfRuns(world).has(path)) return null;
    reserved.add(path);
    return { known, reserved };
  });
  if (held === null) return;
  try {
    await use(held.known);
  } finally {
    held.reserved.delete(path);
  }
}

/** Brings a worktree of the pool (its folder name) to a commit if it is still free; null: one more free one. */
export async function warmWorktree(world: World, name: string | null, sha: string): Promise<void> {
  await inTurn(world.codeRepo, async (reserved) => {
    const all = await listWorktrees(world.codeRepo);
    if (name === null) return await makeFree(world, unusedPath(world, all, reserved), sha);
    const known = all.find((it) => isOfPool(world.worktreesDir, it) && it.name === name && it.branch === null);
    const isIdle = known !== undefined && !reserved.has(known.path) && !worktreesOfRuns(world).has(known.path);
    if (isIdle) await makeFree(world, known.path, sha);
  });
}

async function makeFree(world: World, path: string, sha: string, { isLent = false } = {}): Promise<void> {
  failpoint("apply.worktree.before-free");
  await ensureFreeWorktree(world.codeRepo, { path, exclude: excludedFolders(world), sha, isLent });
  failpoint("apply.worktree.after-free");
}

/** The worktrees of the pool that a recorded run works in. */
export function worktreesOfRuns(world: World): ReadonlySet<string> {
  const facts = readRuns(runsDirOf(world)).map(({ record }) => readRunFacts(record));
  return new Set(facts.flatMap((it) => (it === null ? [] : [it.worktree])));
}

// Choosing a free worktree and taking it is one step: two launches at once must not choose the same.
const turns = new WeakMap<Repository, { last: Promise<unknown>; reserved: Set<string> }>();

async function inTurn<T>(repo: Repository, work: (reserved: Set<string>) => Promise<T>): Promise<T> {
  const turn = turns.get(repo) ?? { last: Promise.resolve(), reserved: new Set<string>() };
  turns.set(repo, turn);
  const mine = turn.last.then(() => work(turn.reserved));
  turn.last = mine.catch(() => undefined);
  return await mine;
}

/** Where the branch (its short name) is checked out; else the first free worktree; else the first unused name. */
async function choosePath(world: World, branch: string | null, reserved: ReadonlySet<string>): Promise<string> {
  const all = await listWorktrees(world.codeRepo);
  const pool = all.filter((it) => isOfPool(world.worktreesDir, it));
  const mine = branch === null ? undefined : pool.find((it) => it.branch === branch);
  if (mine !== undefined) return mine.path;
  const inUse = worktreesOfRuns(world);
  const isIdle = (path: string): boolean => !reserved.has(path) && !inUse.has(path);
  const first = pool.find((it) => it.branch === null && isIdle(it.path));
  if (first !== undefined) return first.path;
  return unusedPath(world, all, reserved);
}

function unusedPath(world: World, all: readonly Worktree[], reserved: ReadonlySet<string>): string {
  const names = new Set(all.map(({ path }) => basename(path)));
  const inUse = worktreesOfRuns(world);
  for (let number = 1; ; number++) {
    const path = join(world.worktreesDir, `w${number}`);
    if (!names.has(`w${number}`) && !existsSync(path) && !reserved.has(path) && !inUse.has(path)) return path;
  }
}

import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { branchOf, cycleBranchOf } from "../board/branch.ts";
import { isOfPool } from "../board/pool.ts";
import type { StepWork } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { resolveRef } from "../git/head.ts";
import type { Repository } from "../git/repository.ts";
import { ensureFreeWorktree, ensureWorktree, listWorktrees, type Worktree } from "../git/worktrees.ts";
import { readRuns } from "../process/read-runs.ts";
import { readRunFacts } from "./run-facts.ts";
import { baseRefOf, branchRefOf, excludedFolders, fullRef, runsDirOf, type World } from "./world.ts";

export type TakenWorktree = { path: string; branch: string; tip: string };

/**
 * A worktree with the task's branch checked out, or that of one of its cycles: the one that has it, else a free one of the
 * pool, else a new one. The branch stays where it is; a new one starts at the task's base, or where the cycle begins. Doing
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
  const startSha = known ?? cycle?.startSha ?? (await startShaOf(world, snapshot, taskId));
  return await inTurn(world.codeRepo, async (reserved) => {
    const path = await choosePath(world, name, reserved);
    failpoint("apply.worktree.before-ensure");
    await ensureWorktree(world.codeRepo, { path, branch: name, startSha, exclude: excludedFolders(world) });
    failpoint("apply.worktree.after-ensure");
    return { path, branch, tip: (await resolveRef(world.codeRepo, branch)) ?? startSha };
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

/**
 * Where a task starts from: the branch of the task it names as its base, or the board's base once that task is merged; the
 * branch it names; or the board's base.
 */
export async function startShaOf(world: World, snapshot: Snapshot, taskId: string): Promise<string> {
  const base = snapshot.tasks.find(({ id }) => id === taskId)?.task?.base ?? null;
  const isTask = snapshot.tasks.some(({ id }) => id === base);
  const named = base === null ? [] : [branchRefOf(base), ...(isTask ? [] : [fullRef(base)])];
  const refs = base === null || isTask ? [...named, baseRefOf(world)] : named;
  for (const ref of refs) {
    const sha = await resolveRef(world.codeRepo, ref);
    if (sha !== null) return sha;
  }
  throw new KanbandError("WORKTREE_BROKEN", `the base '${base ?? world.settings().base}' of ${taskId} does not exist`, {
    hint: "Correct `base:` in the task or in board/board.md.",
  });
}

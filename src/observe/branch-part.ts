import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { branchOf, cycleOfBranch, taskIdOfBranch } from "../board/branch.ts";
import { isOfPool } from "../board/pool.ts";
import type { BranchView, CycleBranchView, WorktreeView } from "../decide/snapshot.ts";
import { askAncestry } from "../git/ask-ancestry.ts";
import { isInBase, listBranches } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import type { Repository } from "../git/repository.ts";
import { listCheckouts } from "../git/worktree-admin.ts";
import { listWorktrees } from "../git/worktrees.ts";

/** The branch of each task that has one, by task id. Starts no process. */
export async function readTaskBranches(repo: Repository): Promise<Map<string, string>> {
  const branches = new Map<string, string>();
  for (const [name, sha] of await listBranches(repo, "kanband/")) {
    const id = taskIdOfBranch(name);
    if (id !== null) branches.set(id, sha);
  }
  return branches;
}

/** The branches of the cycles of round-robins, by task id and number. Starts no process. */
export async function readCycleBranches(repo: Repository): Promise<Map<string, Map<number, CycleBranchView>>> {
  const found = new Map<string, Map<number, CycleBranchView>>();
  const branches = await listBranches(repo, "kanband-cycle/");
  if (branches.size === 0) return found;
  const held = heldBranches(repo);
  for (const [name, sha] of branches) {
    const known = cycleOfBranch(name);
    if (known === null) continue;
    const ofTask = found.get(known.taskId) ?? new Map<number, CycleBranchView>();
    found.set(known.taskId, ofTask.set(known.cycle, { sha, isHeld: held.has(name) }));
  }
  return found;
}

/** Says of the branches of accepted tasks whether they are merged; of those that wait, one process for all while the base stays. */
export async function readBranchViews(
  repo: Repository,
  branches: ReadonlyMap<string, string>,
  {
    baseSha,
    runtimeDir,
    isAccepted,
    mergedAs,
  }: {
    baseSha: string | null;
    runtimeDir: string;
    isAccepted: (id: string) => boolean;
    /** The commit with which this tip came into the base, as its record says. */
    mergedAs: (id: string, tip: string) => string | null;
  },
): Promise<Map<string, BranchView>> {
  const views = new Map<string, BranchView>();
  const held = heldBranches(repo);
  const accepted = [...branches].flatMap(([id, sha]) => (isAccepted(id) ? [sha] : []));
  if (baseSha !== null) await askAncestry(repo, { tips: accepted, base: baseSha, prefix: "refs/heads/kanband/" });
  for (const [id, sha] of branches) {
    const isAsked = baseSha !== null && isAccepted(id);
    const isMerged = isAsked ? await isInBase(repo, baseSha, [sha, mergedAs(id, sha)]) : null;
    const triedAt = isMerged === false ? readTry(runtimeDir, id) : null;
    views.set(id, { sha, isMerged, isHeld: held.has(branchOf(id)), triedAt });
  }
  return views;
}

/** What people have checked out. */
function heldBranches(repo: Repository): ReadonlySet<string> {
  const pool = poolOf(repo);
  return new Set(listCheckouts(repo).flatMap((it) => (dirname(it.top) === pool ? [] : (it.branch ?? []))));
}

function readTry(runtimeDir: string, id: string): number | null {
  try {
    return Number(readFileSync(join(runtimeDir, "vain-merges", id), "utf8")) || null;
  } catch {
    return null;
  }
}

/** Tip of the branch that tasks start from and merge into; null when it does not exist. */
export async function readBase(repo: Repository, base: string): Promise<string | null> {
  return await resolveRef(repo, base.startsWith("refs/") ? base : `refs/heads/${base}`);
}

/**
 * The task worktrees. A worktree is its branch's; one in which an agent left that branch is still its run's, by the path
 * that the run's record names.
 */
export async function readWorktreeViews(
  repo: Repository,
  taskOfPath: ReadonlyMap<string, string>,
  baseSha: string | null,
): Promise<WorktreeView[]> {
  const folder = poolOf(repo);
  const worktrees = await listWorktrees(repo);
  return worktrees
    .filter((it) => isOfPool(folder, it))
    .map(({ path, name, branch, head }) => {
      const cycle = branch === null ? null : cycleOfBranch(branch);
      const taskId = branch === null ? null : (cycle?.taskId ?? taskIdOfBranch(branch));
      return {
        name,
        taskId: taskId ?? taskOfPath.get(path) ?? null,
        ...(cycle === null ? {} : { cycle: cycle.cycle }),
        isUsable: head !== null && existsSync(join(path, ".git")),
        isAtBase: head === baseSha,
      };
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function poolOf({ top }: Repository): string {
  return join(top, ".kanband", "worktrees");
}

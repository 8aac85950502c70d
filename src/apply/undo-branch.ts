import { isNoWork } from "../board/record-steps.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { preserve } from "../git/preserve-ref.ts";
import { updateRefs } from "../git/ref-update.ts";
import { release } from "./release.ts";
import { heldTips, stackMoves } from "./start-commit.ts";
import { baseRefOf, branchRefOf, type World } from "./world.ts";

/**
 * Takes away the branch and the worktree of a task that had neither before it was given to a slot. What they hold besides
 * the base is preserved; answers the refs. Only while no daemon runs. Codes: GIT_FAILED, GIT_LOCKED, REF_MOVED.
 */
export async function undoBranch(world: World, taskId: string, snapshot: Snapshot): Promise<readonly string[]> {
  const repo = world.codeRepo;
  await releaseAll(world, taskId, snapshot);
  const [tip, base] = [await resolveRef(repo, branchRefOf(taskId)), await resolveRef(repo, baseRefOf(world))];
  if (tip === null) return [];
  const isHeld = base !== null && (await isAncestor(repo, tip, base));
  const kept = isHeld ? [] : [await preserve(repo, { id: taskId, sha: tip })];
  const branch = { ref: branchRefOf(taskId), from: tip, to: null };
  await updateRefs(repo, [branch, ...stackMoves(taskId, heldTips(repo, taskId), new Map())]);
  return kept;
}

/**
 * Puts a branch back to where the run found it that was begun at `since` (ms since the epoch) or later, and gives its worktree
 * back; what the run did is preserved, and its refs are answered. Null: the move that is taken back began none. Only while no
 * daemon runs. Codes: GIT_FAILED, GIT_LOCKED, REF_MOVED.
 */
export async function undoRun(
  world: World,
  taskId: string,
  snapshot: Snapshot,
  since: number | null,
): Promise<readonly string[]> {
  const repo = world.codeRepo;
  await releaseAll(world, taskId, snapshot);
  const begun = (snapshot.sessions.get(taskId) ?? []).filter(({ step, startedAt }) => {
    return since !== null && !isNoWork(step) && (startedAt ?? 0) >= since;
  });
  const [first] = begun.toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0));
  const tip = await resolveRef(repo, branchRefOf(taskId));
  const start = first?.startSha ?? null;
  if (tip === null || start === null || tip === start || !(await isAncestor(repo, start, tip))) return [];
  const kept = await preserve(repo, { id: taskId, sha: tip });
  await updateRefs(repo, [{ ref: branchRefOf(taskId), from: tip, to: start }], { isLogged: true });
  return [kept];
}

/** Gives every worktree of a task back; what is unsaved there is kept on a ref. Only while no daemon runs. Code: GIT_FAILED. */
export async function releaseAll(world: World, taskId: string, snapshot: Snapshot): Promise<void> {
  for (const { name } of snapshot.worktrees.filter((it) => it.taskId === taskId)) {
    await release(world, { kind: "release", taskId, worktree: name }, snapshot);
  }
}

import { taskIdOfBranch } from "../board/branch.ts";
import { isNoWork } from "../board/record-steps.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { isAncestor, listBranches, listCommits } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { preserve } from "../git/preserve-ref.ts";
import { updateRefs } from "../git/ref-update.ts";
import { release } from "./release.ts";
import { heldTips, stackMoves } from "./start-commit.ts";
import { baseRefOf, branchRefOf, type World } from "./world.ts";

/**
 * Takes away the branch and the worktree of a task that had neither before it was given to a slot. What they hold besides
 * the base is preserved; answers the refs. A branch that was there before with work of its own is put back as with `undoRun`.
 * Only while no daemon runs. Codes: GIT_FAILED, GIT_LOCKED, REF_MOVED.
 */
export async function undoBranch(
  world: World,
  taskId: string,
  snapshot: Snapshot,
  since: number | null,
): Promise<readonly string[]> {
  const repo = world.codeRepo;
  await releaseAll(world, taskId, snapshot);
  const [tip, base] = [await resolveRef(repo, branchRefOf(taskId)), await resolveRef(repo, baseRefOf(world))];
  if (tip === null) return [];
  if (await isOwnWork(world, { taskId, sha: startOf(snapshot, taskId, since) ?? tip, base }))
    return await undoRun(world, taskId, snapshot, since);
  const isHeld = base !== null && (await isAncestor(repo, tip, base));
  const kept = isHeld ? [] : [await preserve(repo, { id: taskId, sha: tip })];
  const branch = { ref: branchRefOf(taskId), from: tip, to: null };
  await updateRefs(repo, [branch, ...stackMoves(taskId, heldTips(repo, taskId), new Map())]);
  return kept;
}

/** Whether a commit has work of nothing that a task's branch can start from: the base, the tasks below, people's branches. */
async function isOwnWork(
  { codeRepo: repo }: World,
  { taskId, sha, base }: { taskId: string; sha: string; base: string | null },
): Promise<boolean> {
  const others = [...(await listBranches(repo, ""))].flatMap(([name, tip]) =>
    taskIdOfBranch(name) === null ? [tip] : [],
  );
  const without = [...(base === null ? [] : [base]), ...heldTips(repo, taskId).values(), ...others];
  return (await listCommits(repo, { of: sha, without })).length > 0;
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
  const tip = await resolveRef(repo, branchRefOf(taskId));
  const start = startOf(snapshot, taskId, since);
  if (tip === null || start === null || tip === start || !(await isAncestor(repo, start, tip))) return [];
  const kept = await preserve(repo, { id: taskId, sha: tip });
  await updateRefs(repo, [{ ref: branchRefOf(taskId), from: tip, to: start }], { isLogged: true });
  return [kept];
}

/** Where the first run found the branch that was begun at `since` or later; null: none was, or that is not known. */
function startOf({ sessions }: Snapshot, taskId: string, since: number | null): string | null {
  const begun = (sessions.get(taskId) ?? []).filter(({ step, startedAt }) => {
    return since !== null && !isNoWork(step) && (startedAt ?? 0) >= since;
  });
  const [first] = begun.toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0));
  return first?.startSha ?? null;
}

/** Gives every worktree of a task back; what is unsaved there is kept on a ref. Only while no daemon runs. Code: GIT_FAILED. */
export async function releaseAll(world: World, taskId: string, snapshot: Snapshot): Promise<void> {
  for (const { name } of snapshot.worktrees.filter((it) => it.taskId === taskId)) {
    await release(world, { kind: "release", taskId, worktree: name }, snapshot);
  }
}

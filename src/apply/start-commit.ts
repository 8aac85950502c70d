import { branchOf } from "../board/branch.ts";
import { lowerNames, stackOfRef, stackPrefixOf, stackRefOf, tasksNamed } from "../board/stack.ts";
import type { Task } from "../board/task.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { listRefs } from "../git/ref-list.ts";
import { type RefMove, updateRefs } from "../git/ref-update.ts";
import type { Repository } from "../git/repository.ts";
import { joinTips, type Tip, type TipConflict } from "./join-tips.ts";
import { lastLanding } from "./own-entries.ts";
import { describeTipConflicts, writeRestack } from "./restack-session.ts";
import { baseRefOf, branchRefOf, fullRef, type World } from "./world.ts";

/** `holds`: the tips of other tasks' branches that it brings along, by their ids. */
type StartCommit = { sha: string; holds: ReadonlyMap<string, string>; conflicts: readonly TipConflict[] };

/**
 * Where a task starts from: the tip of the branch that it stands on, or a merge of them where it stands on several, with
 * markers where they conflict, and of the base where that has a dependency which none of them holds; with none that is not
 * merged yet, the branch that it names, or the board's base.
 * Code: WORKTREE_BROKEN when there is no such branch.
 */
export async function startCommit(world: World, snapshot: Snapshot, taskId: string): Promise<StartCommit> {
  const repo = world.codeRepo;
  const task = snapshot.tasks.find(({ id }) => id === taskId)?.task ?? null;
  const baseSha = await resolveRef(repo, baseRefOf(world));
  const holds = new Map<string, string>();
  for (const id of lowerIds(task, snapshot)) {
    const sha = await resolveRef(repo, branchRefOf(id));
    const isLanded = snapshot.branches.get(id)?.isMerged === true;
    if (sha === null || isLanded || (baseSha !== null && (await isAncestor(repo, sha, baseSha)))) continue;
    holds.set(id, sha);
  }
  const base = task?.base ?? null;
  const named = base === null || tasksNamed(base, snapshot.tasks).length > 0 ? null : await namedBranch(world, base);
  const tips: Tip[] = [...holds].map(([id, sha]) => ({ name: branchOf(id), sha }));
  if (named === null && baseSha !== null && (await lacksMerged(world, snapshot, { task, tips })))
    tips.push({ name: world.settings().base, sha: baseSha });
  const [first, ...others] = named === null ? tips : [named, ...tips];
  if (first !== undefined) return { ...(await joinTips(world, [first, ...others])), holds };
  if (baseSha !== null && (base === null || tasksNamed(base, snapshot.tasks).length > 0))
    return { sha: baseSha, holds, conflicts: [] };
  throw new KanbandError("WORKTREE_BROKEN", `the base '${base ?? world.settings().base}' of ${taskId} does not exist`, {
    hint: "Correct `base:` in the task or in board/board.md.",
  });
}

/**
 * Begins the branch of a task that stands on others, with refs that say what it holds of them, all at once; conflicts between
 * those are in `restack.md` then. Nothing is made for one that stands on the base. Answers where it starts.
 */
export async function beginBranch(world: World, snapshot: Snapshot, taskId: string): Promise<StartCommit> {
  const repo = world.codeRepo;
  const startedAt = world.clock();
  const start = await startCommit(world, snapshot, taskId);
  const old = heldTips(repo, taskId);
  if (start.holds.size === 0 && old.size === 0) return start;
  failpoint("apply.stack.before-record");
  if (start.conflicts.length > 0) {
    const said = await describeTipConflicts(world, start.conflicts);
    const it = { taskId, ...said, commitSha: start.sha, onto: null, conflicts: 0, startedAt };
    writeRestack(world, snapshot, { ...it, verdict: "to-mend" });
  }
  failpoint("apply.stack.before-refs");
  const branch = { ref: branchRefOf(taskId), from: null, to: start.sha };
  await updateRefs(repo, [branch, ...stackMoves(taskId, old, start.holds)], { isLogged: true });
  failpoint("apply.stack.after-refs");
  return start;
}

/** The tips of other tasks' branches that a task's branch holds, as its stack refs say. Starts no process. */
export function heldTips(repo: Repository, taskId: string): Map<string, string> {
  const held = new Map<string, string>();
  for (const [ref, value] of listRefs(repo, stackPrefixOf(taskId))) {
    const stack = stackOfRef(ref);
    if (stack !== null && "sha" in value) held.set(stack.lowerId, value.sha);
  }
  return held;
}

/** What has to move so that the stack refs of a task are these. */
export function stackMoves(
  taskId: string,
  from: ReadonlyMap<string, string>,
  to: ReadonlyMap<string, string>,
): RefMove[] {
  const changed = [...new Set([...from.keys(), ...to.keys()])].filter((id) => from.get(id) !== to.get(id));
  return changed.map((id) => {
    return { ref: stackRefOf(taskId, id), from: from.get(id) ?? null, to: to.get(id) ?? null };
  });
}

/** Whether the base has a dependency of a task that none of these tips holds. What nobody knows of may be one. */
async function lacksMerged(
  world: World,
  { tasks }: Snapshot,
  { task, tips }: { task: Task | null; tips: readonly Tip[] },
): Promise<boolean> {
  if (task === null || tips.length === 0) return false;
  const ids = task.dependencies.flatMap((name) => onlyOne(tasksNamed(name, tasks)));
  for (const id of ids.filter((it) => !tips.some(({ name }) => name === branchOf(it)))) {
    const landing = await lastLanding(world.codeRepo, baseRefOf(world), id);
    if (landing === null || !(await isInAny(world.codeRepo, landing.sha, tips))) return true;
  }
  return false;
}

async function isInAny(repo: Repository, sha: string, tips: readonly Tip[]): Promise<boolean> {
  for (const tip of tips) if (await isAncestor(repo, sha, tip.sha)) return true;
  return false;
}

function lowerIds(task: Snapshot["tasks"][number]["task"], { tasks }: Snapshot): readonly string[] {
  const ids = task === null ? [] : lowerNames(task).flatMap((name) => onlyOne(tasksNamed(name, tasks)));
  return [...new Set(ids)].filter((id) => id !== task?.id).toSorted();
}

function onlyOne(ids: readonly string[]): readonly string[] {
  return ids.length === 1 ? ids : [];
}

// A task whose file is gone may have left its branch.
async function namedBranch(world: World, base: string): Promise<Tip | null> {
  for (const ref of [branchRefOf(base), fullRef(base)]) {
    const sha = await resolveRef(world.codeRepo, ref);
    if (sha !== null) return { name: ref.replace(/^refs\/heads\//, ""), sha };
  }
  return null;
}

import { parseClaims } from "../board/claim.ts";
import { reviewClaimOf } from "../board/review-claim.ts";
import type { Edit } from "./action.ts";
import type { ActiveBoard } from "./board-index.ts";
import { isGone } from "./decide-runs.ts";
import { isMergedForGood } from "./merge-record.ts";
import type { Plan } from "./plan.ts";
import { freeSlots } from "./slots.ts";
import type { BranchView, TaskView } from "./snapshot.ts";
import type { Starts } from "./starts.ts";
import { stepOfCycle } from "./workflow/cycle-facts.ts";

/** Frees the worktrees nobody needs, drops the branches that are merged, and keeps a few worktrees warm. */
export function decideWorktrees(starts: Starts, plan: Plan): void {
  const { board } = starts;
  if (board.snapshot.isDraining) return;
  const acted = new Set(plan.effects.flatMap((it) => (it.kind === "warm" ? [] : (it.taskId ?? []))));
  const held = new Set<string>();
  for (const { name, taskId, cycle = null } of board.snapshot.worktrees) {
    if (taskId === null) continue;
    held.add(taskId);
    if (acted.has(taskId) || (cycle === null ? isNeeded(taskId, board, plan) : isCycleNeeded(taskId, cycle, board)))
      continue;
    acted.add(taskId);
    plan.effects.push({ kind: "release", taskId, worktree: name, ...(cycle === null ? {} : { cycle }) });
  }
  for (const [taskId, branch] of board.snapshot.branches) {
    if (held.has(taskId) || acted.has(taskId) || !isDroppable(taskId, branch, board)) continue;
    plan.effects.push({ kind: "drop-branch", taskId, sha: branch.sha });
  }
  const warm = warmWanted(starts, plan);
  if (warm !== undefined) plan.effects.push({ kind: "warm", worktree: warm });
}

function isNeeded(taskId: string, board: ActiveBoard, plan: Plan): boolean {
  if (board.runs.has(taskId) || board.jobs.has(taskId)) return true;
  const edit = plan.edits.get(taskId);
  // A review looks at a copy of its own.
  if (edit?.intent === "assign" && reviewClaimOf(assignedBy(edit)) === null) return true;
  const views = board.views.get(taskId);
  return views === undefined ? !isGone(taskId, board) : views.some(isClaim);
}

function assignedBy({ set }: Edit): string | null {
  const value = set.find(([key]) => key === "assigned")?.[1];
  return typeof value === "string" ? value : null;
}

/** A cycle that is over needs its worktree no longer, though its task goes on. */
function isCycleNeeded(taskId: string, cycle: number, board: ActiveBoard): boolean {
  if (board.jobs.has(taskId)) return true;
  const step = stepOfCycle(cycle);
  if (board.runs.get(taskId)?.some(({ unit }) => unit === step) ?? false) return true;
  const views = board.views.get(taskId);
  if (views === undefined) return !isGone(taskId, board);
  return views.some((view) => {
    if (!isClaim(view)) return false;
    const claims = parseClaims(view.task?.assigned ?? null);
    return claims.length === 0 || claims.some((it) => it.step === step);
  });
}

// A file in `doing/` that cannot be read may be a claim.
function isClaim({ lane, task, duplicates }: TaskView): boolean {
  return lane === "doing" && (task === null || duplicates.length > 0 || task.assigned !== null);
}

function isDroppable(taskId: string, branch: BranchView, board: ActiveBoard): boolean {
  // Where it was merged is known for good once it is noted: until then the branch may be all that there is.
  if (board.snapshot.cycles.has(taskId) || !board.snapshot.landed.isNoted) return false;
  if (!isMergedForGood(taskId, board) || branch.isHeld === true || board.runs.has(taskId) || board.jobs.has(taskId))
    return false;
  const views = board.views.get(taskId) ?? [];
  return views.length === 1 && views.every(({ lane }) => lane === "done");
}

// Making a worktree takes its time, and others must not wait for it: only when nothing else is to be done. The same for one
// that the base has left behind: the task that gets it would wait while its files are brought up to date.
function warmWanted({ board, holders, stopped }: Starts, plan: Plan): string | null | undefined {
  const { repo, worktrees } = board.snapshot;
  if (stopped !== null || plan.effects.length > 0 || plan.edits.size > 0 || board.underWay.length > 0) return undefined;
  const free = worktrees.filter(({ taskId, isUsable }) => taskId === null && isUsable);
  const wanted = Math.min(board.settings.worktree.pool, freeSlots(board, holders).length);
  const stale = repo.baseSha === null ? undefined : free.slice(0, wanted).find(({ isAtBase }) => !isAtBase);
  if (stale !== undefined) return stale.name;
  return free.length < wanted ? null : undefined;
}

import { parseClaims } from "../board/claim.ts";
import type { Task } from "../board/task.ts";
import { type ActiveBoard, type Board, isLive, type ReadableView, sessionsOf } from "./board-index.ts";
import { utcDay } from "./instant.ts";
import { formatUsd } from "./one-line.ts";
import { spentBy } from "./run-caps.ts";
import { costOfClaims } from "./workflow/claim-costs.ts";
import { recordsOf } from "./workflow/node.ts";

/** Money spent today (UTC), in US dollars. Runs whose cost nobody knows are counted apart, never as 0. */
export type DaySpending = { usd: number; unknownCount: number };

/** Sums what the sessions finished today and the runs in progress cost. */
export function daySpending({ now, snapshot }: ActiveBoard): DaySpending {
  const spending: DaySpending = { usd: 0, unknownCount: 0 };
  const today = utcDay(now);
  const finished = new Set<string | null>();
  for (const sessions of snapshot.sessions.values()) {
    for (const { startedAt, finishedAt, persona, costUsd, earlierUsd = 0, runId } of sessions) {
      if (finishedAt !== null) finished.add(runId);
      if (earlierUsd > 0 && startedAt !== null && utcDay(startedAt) === today) spending.usd += earlierUsd;
      if (finishedAt === null || utcDay(finishedAt) !== today) continue;
      if (costUsd !== null) spending.usd += costUsd;
      else if (persona !== null) spending.unknownCount += 1;
    }
  }
  // One that is over counts until its session does.
  for (const run of snapshot.runs) if (!finished.has(run.runId)) spending.usd += spentBy(run);
  return spending;
}

/** Why nothing more may be spent today; null while something may. */
export function dayBudgetReason(spending: DaySpending, { settings }: ActiveBoard): string | null {
  const cap = settings.budget.dayUsd;
  if (spending.usd < cap) return null;
  const unknown = spending.unknownCount > 0 ? `, and ${spending.unknownCount} runs of unknown cost` : "";
  return `the day's budget is spent: ${formatUsd(spending.usd)} of ${formatUsd(cap)}${unknown}`;
}

/** Why nothing more may be spent on this task; null while something may. */
export function taskBudgetReason(
  task: Task,
  spentUsd: number | null,
  { settings }: Pick<ActiveBoard, "settings">,
): string | null {
  const cap = task.budgetUsd ?? settings.budget.taskUsd;
  const spent = spentUsd ?? 0;
  return spent < cap ? null : `the task's budget is spent: ${formatUsd(spent)} of ${formatUsd(cap)}`;
}

/** Whether the runs in progress have used up what was left of the day: then all that cost anything end. */
export function isDaySpent(board: ActiveBoard): boolean {
  return (
    board.snapshot.runs.some((it) => isLive(it) && spentBy(it) > 0) &&
    dayBudgetReason(daySpending(board), board) !== null
  );
}

/** The most that a run started now may cost: what is left of run, task and day. Null: no cap. */
export function costCapUsd(task: Task, spending: DaySpending, { settings }: ActiveBoard): number | null {
  const { runUsd, taskUsd, dayUsd } = settings.budget;
  const cap = Math.min(runUsd, (task.budgetUsd ?? taskUsd) - (task.spentUsd ?? 0), dayUsd - spending.usd);
  return Number.isFinite(cap) ? roundUsd(Math.max(cap, 0)) : null;
}

/**
 * What the task has cost once its present attempt is over. The cost of an attempt enters `spent_usd` with the edit that
 * gives up `assigned` or moves on to the next attempt, so it is counted once however often the world is looked at.
 */
export function spentAfter(view: ReadableView, board: Board): number | null {
  const { task } = view;
  const claims = parseClaims(task.assigned);
  if (claims.length > 0) {
    const costUsd = costOfClaims({ records: recordsOf(sessionsOf(board, view.id)) }, claims);
    return costUsd > 0 ? roundUsd((task.spentUsd ?? 0) + costUsd) : task.spentUsd;
  }
  if (task.assigned === null || task.attempt === null) return task.spentUsd;
  const costUsd = costOfAttempt(view.id, task.attempt, board);
  return costUsd > 0 ? roundUsd((task.spentUsd ?? 0) + costUsd) : task.spentUsd;
}

/** What the task had cost before this attempt, for one that is assigned: an attempt that goes on was counted already. */
export function spentBefore(view: ReadableView, attempt: number, board: Board): number | null {
  const { task } = view;
  const spent = spentAfter(view, board);
  if (spent === null || task.assigned !== null || task.attempt !== attempt) return spent;
  return roundUsd(Math.max(0, spent - costOfAttempt(view.id, attempt, board)));
}

function costOfAttempt(taskId: string, attempt: number, board: Board): number {
  let costUsd = 0;
  for (const session of sessionsOf(board, taskId)) {
    if (session.attempt === attempt && session.persona !== null) costUsd += session.costUsd ?? 0;
  }
  return costUsd;
}

/** What a task has cost and may cost, for people. */
export function spentFigures(view: ReadableView, board: ActiveBoard): string {
  const cap = view.task.budgetUsd ?? board.settings.budget.taskUsd;
  return `spent on the task: ${formatUsd(spentAfter(view, board) ?? 0)} of ${formatUsd(cap)}`;
}

/** To the millionth of a dollar, which is finer than any price. */
export function roundUsd(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}

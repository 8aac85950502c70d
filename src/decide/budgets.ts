import { parseClaims } from "../board/claim.ts";
import { REVIEW_STEP } from "../board/review-claim.ts";
import { type Cost, costOf, countUnknownCosts, describeSpent, isCostUnknown, knownUsd } from "../board/session-cost.ts";
import type { Task } from "../board/task.ts";
import type { Settings } from "../config/settings.ts";
import { type ActiveBoard, type Board, isLive, type ReadableView, sessionsOf } from "./board-index.ts";
import { utcDay } from "./instant.ts";
import { formatUsd } from "./one-line.ts";
import { spentBy } from "./run-caps.ts";
import { costOfClaims } from "./workflow/claim-costs.ts";

/** Money spent today (UTC), in US dollars. Runs whose cost nobody knows are counted apart, never as 0. */
export type DaySpending = { usd: number; unknownCount: number };

/** Sums what the sessions finished today and the runs in progress cost. */
export function daySpending({ now, snapshot }: ActiveBoard): DaySpending {
  let usd = 0;
  let unknownCount = 0;
  const today = utcDay(now);
  const running = new Set<string | null>(snapshot.runs.map(({ runId }) => runId));
  for (const sessions of snapshot.sessions.values()) {
    for (const session of sessions) {
      const { startedAt, finishedAt, earlierUsd = 0, runId } = session;
      if (finishedAt !== null && running.size > 0) running.delete(runId);
      if (earlierUsd > 0 && startedAt !== null && utcDay(startedAt) === today) usd += earlierUsd;
      if (finishedAt === null || utcDay(finishedAt) !== today) continue;
      usd += knownUsd(session);
      if (isCostUnknown(session)) unknownCount += 1;
    }
  }
  // One that is over counts until its session does.
  for (const run of snapshot.runs) if (running.has(run.runId)) usd += spentBy(run);
  return { usd, unknownCount };
}

/** Why nothing more may be spent today; null while something may. */
export function dayBudgetReason({ usd, unknownCount }: DaySpending, { settings }: ActiveBoard): string | null {
  const cap = settings.budget.dayUsd;
  return usd < cap ? null : `the day's budget is spent: ${figures(usd, unknownCount, cap)}`;
}

/** Why nothing more may be spent on this task; null while something may. What nobody knows cannot be held against it. */
export function taskBudgetReason(task: Task, spentUsd: Task["spentUsd"], board: ActiveBoard): string | null {
  const cap = task.budgetUsd ?? board.settings.budget.taskUsd;
  const spent = dollarsOf(spentUsd);
  if (spent < cap) return null;
  return `the task's budget is spent: ${figures(spent, unknownCostsOf(task.id, board), cap)}`;
}

/** Whether the runs in progress have used up what was left of the day: then all that cost anything end. */
export function isDaySpent(board: ActiveBoard): boolean {
  return (
    board.snapshot.runs.some((it) => isLive(it) && spentBy(it) > 0) &&
    dayBudgetReason(daySpending(board), board) !== null
  );
}

/** The most that a run started now, with none beside it, may cost: what is left of run, task and day. Null: no cap. */
export function costCapUsd(task: Task, spending: DaySpending, board: ActiveBoard): number | null {
  const { runUsd, dayUsd } = board.settings.budget;
  const cap = Math.min(runUsd, leftOfTask(task, board.settings), dayUsd - spending.usd);
  return Number.isFinite(cap) ? roundUsd(Math.max(cap, 0)) : null;
}

/** What the budget of a task has left after the runs that are counted in its file, in US dollars. */
export function leftOfTask({ budgetUsd, spentUsd }: Task, { budget }: Settings): number {
  return (budgetUsd ?? budget.taskUsd) - dollarsOf(spentUsd);
}

/**
 * What the task has cost once its present attempt is over. The cost of an attempt enters `spent_usd` with the edit that
 * gives up `assigned` or moves on to the next attempt, so it is counted once however often the world is looked at.
 */
export function spentAfter(view: ReadableView, board: Board): Task["spentUsd"] {
  const { task } = view;
  const claims = parseClaims(task.assigned);
  if (claims.length > 0) return spentWith(task.spentUsd, costOfClaims(sessionsOf(board, view.id), claims));
  if (task.assigned === null || task.attempt === null) return task.spentUsd;
  return spentWith(task.spentUsd, costOfAttempt(view.id, task.attempt, board));
}

/**
 * The task of several steps as its file will be once the claims of all runs that are over are gone: what is not counted there
 * yet is spent all the same.
 */
export function withSpent(view: ReadableView, board: Board): Task {
  const spentUsd = parseClaims(view.task.assigned).length === 0 ? view.task.spentUsd : spentAfter(view, board);
  return spentUsd === view.task.spentUsd ? view.task : { ...view.task, spentUsd };
}

/** What the task had cost before this attempt, for one that is assigned: an attempt that goes on was counted already. */
export function spentBefore(view: ReadableView, attempt: number, board: Board): Task["spentUsd"] {
  const { task } = view;
  const spent = spentAfter(view, board);
  if (typeof spent !== "number" || task.assigned !== null || task.attempt !== attempt) return spent;
  return roundUsd(Math.max(0, spent - costOfAttempt(view.id, attempt, board).usd));
}

function costOfAttempt(taskId: string, attempt: number, board: Board): Cost {
  return costOf(sessionsOf(board, taskId).filter((it) => it.attempt === attempt && it.step !== REVIEW_STEP));
}

/** What a task has cost and may cost, for people. */
export function spentFigures(view: ReadableView, board: ActiveBoard): string {
  const cap = view.task.budgetUsd ?? board.settings.budget.taskUsd;
  const spent = dollarsOf(spentAfter(view, board));
  return `spent on the task: ${figures(spent, unknownCostsOf(view.id, board), cap)}`;
}

function figures(usd: number, unknownCount: number, capUsd: number): string {
  const spent = describeSpent(usd === 0 && unknownCount > 0 ? null : formatUsd(usd), unknownCount);
  return `${spent}${unknownCount > 0 ? "," : ""} of ${formatUsd(capUsd)}`;
}

function unknownCostsOf(taskId: string, board: Board): number {
  return countUnknownCosts(sessionsOf(board, taskId));
}

/** What `spent_usd` says once this has been added. */
export function spentWith(spentUsd: Task["spentUsd"], { usd, isWhole }: Cost): Task["spentUsd"] {
  const spent = dollarsOf(spentUsd) + usd;
  if (usd > 0) return roundUsd(spent);
  return isWhole || spent > 0 ? spentUsd : "unknown";
}

/** The part of `spent_usd` that is known. */
export function dollarsOf(spentUsd: Task["spentUsd"]): number {
  return typeof spentUsd === "number" ? spentUsd : 0;
}

/** To the millionth of a dollar, which is finer than any price. */
export function roundUsd(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}

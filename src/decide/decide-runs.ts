import { type Board, isEditable, isLive, isReadable, isUncollectable, type ReadableView } from "./board-index.ts";
import { isDaySpent, leftOfTask } from "./budgets.ts";
import { claimKeys, isUnitClaimLost, tidySubject } from "./decide-normalise.ts";
import { editOf } from "./edit-of.ts";
import { silenceOf } from "./evidence.ts";
import { laneOfRun } from "./lane-of-run.ts";
import { addEdit, lookAgain, type Plan } from "./plan.ts";
import { lingersAt, reachedCap, spentBy, timeoutAt } from "./run-caps.ts";
import type { RunView, StopReason, TaskView } from "./snapshot.ts";

/** Ends the runs that must not go on, and collects those that are over. */
export function decideRuns(board: Board, plan: Plan): void {
  const { settings } = board.snapshot;
  const isOverDay = settings !== null && isDaySpent({ ...board, settings });
  for (const [taskId, runs] of board.runs) {
    for (const run of runs) if (isLive(run)) decideStop(withTimeoutOfNow(run, board), board, plan, isOverDay);
    decideCollect(taskId, runs, board, plan);
  }
}

/** Puts the claims of runs back into files that lost them: the stale buffer of an editor, saved over the daemon's edit. */
export function keepClaims(board: Board, plan: Plan): void {
  for (const run of board.snapshot.runs) {
    const view = claimedView(run, board);
    if (run.kind === "merge" || view === undefined || !isEditable(board, view)) continue;
    const set = claimKeys(view, run, board);
    addEdit(plan, editOf(view, { intent: "normalise", set, subject: tidySubject(view.id) }));
  }
}

/** Whether the file of a task is gone for certain: not merely out of sight while an editor replaces it. */
export function isGone(taskId: string, board: Board): boolean {
  if (board.views.has(taskId)) return false;
  return board.snapshot.tasksSettleAt === null || board.deletedIds.has(taskId);
}

function decideStop(run: RunView, board: Board, plan: Plan, isOverDay: boolean): void {
  if (board.jobs.get(run.taskId)?.includes("stop") ?? false) return;
  // A stop that was asked for and is nobody's job was cut short with its daemon: it is gone on with, for the same reason.
  const reason = run.stop?.reason ?? stopReason(run, board, isOverDay);
  if (reason !== null) {
    plan.effects.push({ kind: "stop", taskId: run.taskId, runId: run.runId, reason });
    return;
  }
  lookAgain(plan, board.now, timeoutAt(run));
  lookAgain(plan, board.now, lingersAt(run, board.snapshot.settings?.graceMs));
  const limitMs = board.snapshot.settings?.stopStaleAfterMs ?? null;
  if (limitMs !== null && run.kind !== "merge") lookAgain(plan, board.now, silenceOf(run).since + limitMs);
}

function stopReason(run: RunView, board: Board, isOverDay: boolean): StopReason | null {
  // Where the board cannot be seen, a missing file says nothing about what a person wants.
  if (board.snapshot.repo.state === "ready" && isMovedAway(run, board)) return "person";
  const cap = reachedCap(run, board.now, board.snapshot.settings?.graceMs);
  if (cap !== null) return cap;
  if (isOverLoweredBudget(run, board)) return "budget";
  if (isOverDay && spentBy(run) > 0) return "budget";
  const limitMs = board.snapshot.settings?.stopStaleAfterMs ?? null;
  if (limitMs === null || run.kind === "merge") return null;
  const { isKnown, since } = silenceOf(run);
  return isKnown && board.now - since >= limitMs ? "stale" : null;
}

/** A person may shorten the time of a run while it runs; a longer one holds for the next. */
function withTimeoutOfNow(run: RunView, { snapshot: { settings }, views }: Board): RunView {
  const task = views.get(run.taskId)?.[0]?.task ?? null;
  // The time of a batch is that of all its tasks.
  if (settings === null || task === null || run.with !== undefined) return run;
  const nowMs = task.timeoutMs === "none" ? null : (task.timeoutMs ?? settings.timeoutMs);
  if (nowMs === null) return run;
  return { ...run, caps: { ...run.caps, wallMs: Math.min(run.caps.wallMs ?? nowMs, nowMs) } };
}

/** A person may lower the budget of run or task while it runs: what was given to it at its start was more. */
function isOverLoweredBudget(run: RunView, { snapshot: { settings }, views, runs }: Board): boolean {
  const spent = spentBy(run);
  if (run.kind !== "step" || spent === 0 || settings === null) return false;
  const task = views.get(run.taskId)?.[0]?.task ?? null;
  // Several of its runs may go on at once, and it pays for all of them.
  const spentTogether = (runs.get(run.taskId) ?? []).reduce((sum, it) => sum + spentBy(it), 0);
  const { runUsd, taskUsd } = settings.budget;
  return spent >= runUsd || spentTogether >= (task === null ? taskUsd : leftOfTask(task, settings));
}

// Of a batch each has to be there still: the next goes on without the one that is not.
// A second file of the same id is a finding, not a move: the task is where it was.
function isMovedAway(run: RunView, board: Board): boolean {
  const lane = laneOfRun(run);
  return [run.taskId, ...(run.with ?? [])].some((id) => {
    const views = board.views.get(id);
    return views === undefined ? isGone(id, board) : views.every((it) => it.lane !== lane);
  });
}

function claimedView(run: RunView, board: Board): TaskView | undefined {
  return board.views.get(run.taskId)?.find(({ lane }) => lane === laneOfRun(run));
}

function decideCollect(taskId: string, runs: readonly RunView[], board: Board, plan: Plan): void {
  const { state } = board.snapshot.repo;
  // Without the board in the working tree there is no place for the session file.
  if (state === "elsewhere" || state === "missing" || board.jobs.has(taskId)) return;
  const over = runs.filter((run) => !isLive(run)).toSorted((a, b) => a.startedAt - b.startedAt);
  // One that cannot be collected keeps no other from it.
  const ended = over.find((run) => !isUncollectable(run, board)) ?? over[0];
  if (ended === undefined) return;
  // Once the run is collected, nobody knows any more what the claim was: the file must say it first.
  const view = claimedView(ended, board);
  if (view !== undefined && isReadable(view) && isClaimLost(view, ended)) return;
  const others = ended.with === undefined ? {} : { with: ended.with };
  plan.effects.push({ kind: "collect", taskId, runId: ended.runId, ...others });
}

function isClaimLost(view: ReadableView, run: RunView): boolean {
  if (run.kind === "merge" || run.slot === null) return false;
  return isUnitClaimLost(view, run) ?? (view.task.assigned !== run.slot || view.task.attempt !== run.attempt);
}

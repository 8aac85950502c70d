import { type Board, isLive, restingEdit } from "./board-index.ts";
import { explainDuplicates } from "./decide-duplicates.ts";
import { restLine } from "./decide-rests.ts";
import { formerName, formerWords, goneWork } from "./gone-work.ts";
import { historyOf, openQuestion } from "./history.ts";
import { formatSecond } from "./instant.ts";
import { isReviewRun } from "./lane-of-run.ts";
import { isMergedForGood } from "./merge-record.ts";
import { movedLine } from "./moved-line.ts";
import { oneLine } from "./one-line.ts";
import { addReason, type Plan } from "./plan.ts";
import { requestPlace } from "./request-reason.ts";
import { forReviewLine } from "./review-words.ts";
import type { TaskView } from "./snapshot.ts";
import { findingReason } from "./why-not-start.ts";

/** Sees to it that every task that waits says why. A task that waits in silence is a bug. */
export function explainWaiting(board: Board, plan: Plan): void {
  for (const view of board.snapshot.tasks) {
    if (view.lane === "backlog" || isRunning(view, board)) continue;
    if (view.lane === "done" && !isUnmerged(view, board)) continue;
    explainDuplicates(view, plan);
    if (!plan.waiting.has(view.id)) addReason(plan, view.id, reasonOf(view, board, plan));
  }
}

/** Says of every task that waits for the board itself why nothing happens to it. */
export function explainStandstill(board: Board, line: string, plan: Plan): void {
  for (const view of board.snapshot.tasks) {
    if (isRunning(view, board)) continue;
    if (view.lane === "planned" || view.lane === "doing" || (view.lane === "done" && isUnmerged(view, board))) {
      addReason(plan, view.id, line);
    }
  }
}

function isRunning(view: TaskView, board: Board): boolean {
  return view.lane === "doing" && (board.runs.get(view.id)?.some(isLive) ?? false);
}

function isUnmerged(view: TaskView, board: Board): boolean {
  if (goneWork(view, board.snapshot) !== null) return true;
  return board.snapshot.branches.has(view.id) && !isMergedForGood(view.id, board);
}

function reasonOf(view: TaskView, board: Board, plan: Plan): string {
  const underWay = underWayReason(view, board);
  if (underWay !== null) return underWay;
  const resting = restingEdit(board, view.id);
  if (resting !== undefined) return restLine(resting);
  const finding = findingReason(view);
  if (finding !== null && view.task === null) return finding;
  if (!view.isSettled) return unsettledReason(board.snapshot.unsettledUntil);
  if (plan.edits.has(view.id)) return "its file is being put right";
  return finding ?? laneReason(view, board);
}

function underWayReason(view: TaskView, board: Board): string | null {
  const [run] = board.runs.get(view.id) ?? [];
  if (run !== undefined) {
    const what = run.kind === "merge" ? "its merge" : isReviewRun(run) ? "its review" : "its run";
    if (!isLive(run)) return `${what} is over and is being collected`;
    return run.kind === "merge" && view.lane === "done" ? "it is being merged" : `${what} is being stopped`;
  }
  const jobs = board.jobs.get(view.id);
  return jobs === undefined ? null : `${jobs.join(", ")} under way`;
}

function unsettledReason(until: number | null): string {
  const when = until === null ? "" : `; looked at again at ${formatSecond(until)}`;
  return `its file was changed just now, and somebody may still be writing${when}`;
}

function laneReason(view: TaskView, board: Board): string {
  const { lane, id, task } = view;
  switch (lane) {
    case "for_review": {
      const former = formerName(view, board.snapshot);
      const said = [
        former === null ? null : formerWords(former),
        openQuestion(historyOf(board, id).checks),
        movedLine(board, id),
        requestPlace(task),
      ].filter((it) => it !== null);
      return forReviewLine(said.length === 0 ? null : said.join("; "), null);
    }
    case "blocked":
      return oneLine(task?.blocked ?? "a person put it into blocked/; move it to planned/ to go on");
    case "done":
      return "accepted; its merge waits until the move is committed";
    case "planned":
    case "doing":
    case "backlog":
      return `nothing is decided about ${id} in this pass`;
  }
}

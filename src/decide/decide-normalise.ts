import { branchOf } from "../board/branch.ts";
import { formatClaims, parseClaims } from "../board/claim.ts";
import { reviewClaimOf } from "../board/review-claim.ts";
import { type Board, isEditable, isReadable, type ReadableView } from "./board-index.ts";
import { spentAfter } from "./budgets.ts";
import { editOf, type KeyChange } from "./edit-of.ts";
import { formerName } from "./gone-work.ts";
import { historyOf } from "./history.ts";
import { currentMerge, isMergedForGood } from "./merge-record.ts";
import { oneLine } from "./one-line.ts";
import { addEdit, type Plan } from "./plan.ts";
import type { RunView } from "./snapshot.ts";
import { workflowOf } from "./steps-of.ts";

/** Takes away the daemon's keys that are no longer true, wherever no claim and no run stands behind them. */
export function decideNormalise(board: Board, plan: Plan): void {
  for (const view of board.snapshot.tasks) {
    if (!isReadable(view) || !hasOwnKeys(view) || plan.edits.has(view.id) || !isEditable(board, view)) continue;
    if (view.lane === "doing" && view.task.assigned !== null) continue;
    // `decideReviews` ends them.
    if (view.lane === "for_review" && reviewClaimOf(view.task.assigned) !== null) continue;
    // What an attempt cost is known, and its slot free, only once its run is collected.
    if (board.runs.has(view.id)) continue;
    const set = trueKeys(view, board);
    addEdit(plan, editOf(view, { intent: "normalise", set, subject: subjectOf(view, set, board) }));
  }
}

/** The keys of a task in `doing/` as its live run knows them; a stale editor buffer may have lost them. */
export function claimKeys(view: ReadableView, run: RunView, { runs }: Board): readonly KeyChange[] {
  if (run.slot === null) return [];
  if (run.unit != null) {
    // All of them in one edit: one that stood without its claim for a moment could be given to another.
    const lost = (runs.get(view.id) ?? []).filter((it) => it.slot !== null && isUnitClaimLost(view, it) === true);
    return lost.length === 0 ? [] : [["assigned", withClaims(view, lost)]];
  }
  return [
    ["assigned", run.slot],
    ["branch", branchOf(view.id)],
    ["attempt", run.attempt],
    ["blocked", null],
  ];
}

/** Whether the claim of a run of one of several steps is not in the file any more; null for a task with one step. */
export function isUnitClaimLost({ task }: ReadableView, run: RunView): boolean | null {
  const { unit } = run;
  if (unit == null) return null;
  return !parseClaims(task.assigned).some((it) => {
    return it.step === unit && it.slot === run.slot && it.attempt === run.attempt;
  });
}

function withClaims({ task }: ReadableView, lost: readonly RunView[]): string | null {
  const others = parseClaims(task.assigned).filter(
    (it) => !lost.some(({ unit, slot }) => it.step === unit || it.slot === slot),
  );
  return formatClaims([
    ...others,
    ...lost.map(({ unit, attempt, slot }) => ({ step: unit ?? "", attempt, slot: slot ?? "" })),
  ]);
}

/** The subject of a commit that only puts the daemon's own keys right. */
export function tidySubject(id: string): string {
  return `Put the keys of ${id} right`;
}

function subjectOf(view: ReadableView, set: readonly KeyChange[], board: Board): string {
  const { id, lane, task } = view;
  if (isClosed(view, board)) return `Close ${id}, which is merged`;
  const blocked = set.find(([key]) => key === "blocked")?.[1];
  if (lane === "done" && typeof blocked === "string" && blocked !== task.blocked) {
    return oneLine(`Hold the merge of ${id}: ${blocked.replace(/^the merge waits: /, "")}`, 100);
  }
  return tidySubject(id);
}

function isClosed({ id, lane, task }: ReadableView, board: Board): boolean {
  return lane === "done" && task.branch !== null && isMergedForGood(id, board);
}

// Most files of a board have never been touched by the daemon.
function hasOwnKeys({ task, lane }: ReadableView): boolean {
  const { assigned, branch, attempt, blocked } = task;
  return lane === "done" || assigned !== null || branch !== null || attempt !== null || blocked !== null;
}

function trueKeys(view: ReadableView, board: Board): readonly KeyChange[] {
  const { lane, task } = view;
  const hasBranch = board.snapshot.branches.has(view.id);
  const keys: KeyChange[] = [
    ["spent_usd", spentAfter(view, board)],
    ["assigned", null],
  ];
  const isRenamed = (lane === "for_review" || lane === "blocked") && formerName(view, board.snapshot) !== null;
  if (!hasBranch && lane !== "done" && !isRenamed) keys.push(["branch", null]);
  // Moved back by hand, which starts a new chain: without its attempt the old one is not gone on with.
  if (lane === "doing" && task.blocked !== null) keys.push(["attempt", null]);
  if (lane === "planned" || lane === "backlog") keys.push(["attempt", null]);
  if (lane === "done") keys.push(...doneKeys(view, board));
  // With several steps it says that a person asks again, until the step that was blocked has a slot.
  else if (lane !== "blocked" && task.blocked !== null && !(lane === "doing" && hasSteps(view, board))) {
    keys.push(["blocked", null]);
  }
  return keys;
}

function hasSteps({ task }: ReadableView, board: Board): boolean {
  const { settings } = board.snapshot;
  return settings !== null && workflowOf(task, { ...board, settings }) !== null;
}

function doneKeys(view: ReadableView, board: Board): readonly KeyChange[] {
  if (!board.snapshot.branches.has(view.id) || isMergedForGood(view.id, board)) {
    return [
      ["branch", null],
      ["attempt", null],
      ["blocked", null],
      ["stale", null],
    ];
  }
  const merge = currentMerge(view, historyOf(board, view.id).merge, board);
  if (merge?.verdict !== "waiting") return [["blocked", null]];
  return [["blocked", oneLine(`the merge waits: ${merge.reason ?? "the checkout has unsaved changes"}`)]];
}

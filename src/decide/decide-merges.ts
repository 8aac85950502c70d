import { LOST } from "../board/landed.ts";
import { isNoWork } from "../board/record-steps.ts";
import type { Session } from "../board/session.ts";
import type { Edit } from "./action.ts";
import { blockEdit } from "./block.ts";
import { type ActiveBoard, type EditableView, isEditable, restKey, sessionsOf } from "./board-index.ts";
import { sendBackEdit } from "./claim-edits.ts";
import { restLine } from "./decide-rests.ts";
import { isMet, unmergedDependencies } from "./dependencies.ts";
import { historyOf } from "./history.ts";
import { openLoss } from "./lost-merge.ts";
import { restAfterMerge, restsForSetup } from "./merge-again.ts";
import { nextBatch } from "./merge-batch.ts";
import { currentMerge, isMergedForGood } from "./merge-record.ts";
import { oneLine } from "./one-line.ts";
import { addEdit, addReason, type Plan } from "./plan.ts";
import { requestReason } from "./request-reason.ts";
import { stackState } from "./restack-due.ts";
import type { JobView, TaskView } from "./snapshot.ts";
import { cycleOfStep } from "./workflow/cycle-facts.ts";

/** Merges accepted tasks, a batch at a time, dependencies first; sends back what could not be merged. */
export function decideMerges(board: ActiveBoard, plan: Plan): void {
  const due = board.byLane.done.filter((view) => isDue(view, board, plan));
  if (due.length === 0) return;
  const stuck = restsForSetup(board);
  if (stuck !== undefined) {
    for (const { id } of due)
      addReason(plan, id, `its merge waits for that of ${stuck.id}: the setup of the worktree failed`);
    return;
  }
  const underWay = mergeUnderWay(board);
  const batch = underWay === null ? nextBatch(due, board) : [];
  const [first, ...others] = batch;
  if (first !== undefined) {
    const { id } = first.view;
    const members = others.map(({ view, after }) => ({ taskId: view.id, conflicts: conflictsOf(view, board), after }));
    const more = members.length === 0 ? {} : { batch: members };
    plan.effects.push({ kind: "merge", taskId: id, conflicts: conflictsOf(first.view, board), ...more });
    addReason(plan, id, "its merge is started");
    for (const { view } of others) addReason(plan, view.id, `its merge is started, with that of ${id}`);
  }
  const ahead = underWay?.first ?? first?.view.id ?? null;
  for (const view of due) {
    const isWith = underWay?.with.includes(view.id) === true;
    addReason(plan, view.id, isWith ? `it is being merged with ${ahead}` : mergeReason(view, ahead, board));
  }
}

// A first conflict goes to a rework, and what is merged next is its result; unless somebody took it back before that came to an
// end, as `kanband undo` does: then the rework is still to come.
function conflictsOf({ id }: TaskView, board: ActiveBoard): number {
  const { merge } = historyOf(board, id);
  if (merge?.verdict !== "conflict" || merge.reworks > 0) return 0;
  const isReworked = sessionsOf(board, id).some(({ step, state, finishedAt }) => {
    return !isNoWork(step) && (state === "done" || state === "failed") && (finishedAt ?? 0) > (merge.finishedAt ?? 0);
  });
  return isReworked ? 1 : 0;
}

/** Whether this task may be merged now; if not, what there is to do or say about it is noted. */
function isDue(view: TaskView, board: ActiveBoard, plan: Plan): boolean {
  const branch = board.snapshot.branches.get(view.id);
  // Which cycle of a round-robin it is comes first.
  if (branch === undefined || isMergedForGood(view.id, board) || board.snapshot.cycles.has(view.id)) return false;
  if (board.jobs.has(view.id) || board.runs.has(view.id) || plan.edits.has(view.id)) return false;
  if (view.duplicates.length > 0 || (view.task === null && !view.isNameOnly) || view.headPath !== view.path)
    return false;
  // Its branch still holds what the one below it was, and would bring that along.
  if (stackState(view.id, board, isMet).kind === "due") return false;
  const merge = currentMerge(view, historyOf(board, view.id).merge, board);
  // It goes back to a person, who may accept it again.
  if (merge?.verdict === LOST || openLoss(view.id, board) !== null) return false;
  const wait = whyNotMerge(view, merge, board, plan);
  if (wait !== null) addReason(plan, view.id, wait);
  return wait === null;
}

function whyNotMerge(view: TaskView, merge: Session | null, board: ActiveBoard, plan: Plan): string | null {
  const { settings, snapshot } = board;
  const request = requestReason(view);
  if (request !== null) return request;
  if (snapshot.repo.baseSha === null)
    return `the base branch ${settings.base} does not exist: make it, or correct \`base\` in board/board.md`;
  if (snapshot.branches.get(view.id)?.isMerged === null) return "whether it is merged is not known yet";
  // It may be of an earlier stay here: a person accepted it again while no daemon ran.
  if (merge !== null && merge.verdict !== "waiting" && view.enteredAt === null && !snapshot.areAgesKnown)
    return "when it was accepted is being looked up";
  if (merge !== null && isRefusal(merge)) {
    if (isEditable(board, view)) addEdit(plan, sendBack(view, merge, board));
    return oneLine(`could not be merged: ${merge.reason ?? merge.verdict ?? ""}`);
  }
  if (wasCutShort(view, board)) {
    if (isEditable(board, view)) addEdit(plan, blockEdit(view, board, CUT_SHORT));
    return CUT_SHORT;
  }
  if (settings.merge === "manual") return `merging is manual here: merge its branch into ${settings.base}`;
  if (snapshot.isDraining) return "the daemon was asked to start nothing new, so its merge waits";
  const resting = board.resting.get(restKey("merge", view.id));
  if (resting !== undefined) return restLine(resting);
  return merge === null ? null : restAfterMerge(view, merge, board, plan);
}

const CUT_SHORT =
  "it was accepted while it ran, so it was stopped in the middle and nothing checked its work: accept it again to merge it as it is";

/** Whether it was its acceptance that stopped its run. Who accepts it once more has seen what there is. */
function wasCutShort({ id, enteredAt }: TaskView, board: ActiveBoard): boolean {
  if (enteredAt === null) return false;
  const stopped = sessionsOf(board, id).filter(({ state, finishedAt }) => {
    return state === "stopped" && (finishedAt ?? 0) >= enteredAt;
  });
  // Its work is whole whether its checks and reviews come to their end or not. What is accepted of a round-robin is a cycle that
  // is done; those beside it are not asked.
  return stopped.some(({ step }) => !isNoWork(step) && cycleOfStep(step) === null);
}

function isRefusal(merge: Session): boolean {
  return merge.verdict === "conflict" || merge.verdict === "checks-failed" || merge.state === "failed";
}

function sendBack(view: EditableView, merge: Session, board: ActiveBoard): Edit | null {
  const reason = merge.reason ?? "its branch and the base cannot be joined";
  if (merge.verdict !== "conflict") return blockEdit(view, board, `could not be merged: ${reason}`);
  if (merge.reworks > 0) return blockEdit(view, board, `still in conflict after a rework: ${reason}`);
  return sendBackEdit(view, `Send ${view.id} back to mend its conflict`);
}

function mergeUnderWay(board: ActiveBoard): { first: string; with: readonly string[] } | null {
  const { snapshot, underWay } = board;
  const run = snapshot.runs.find(({ kind }) => kind === "merge");
  if (run !== undefined) return { first: run.taskId, with: run.with ?? [] };
  const job = underWay.find((it) => it.kind === "merge" || isEndOfMerge(it, board));
  return job === undefined ? null : { first: job.taskId ?? "another task", with: job.with ?? [] };
}

// Whoever collects a merge goes on with it when the record of its run is gone already.
function isEndOfMerge({ kind, taskId }: JobView, { views }: ActiveBoard): boolean {
  const files = kind === "collect" && taskId !== null ? (views.get(taskId) ?? []) : [];
  return files.some(({ lane }) => lane === "done");
}

function mergeReason(view: TaskView, ahead: string | null, board: ActiveBoard): string {
  const before = unmergedDependencies(view, board);
  if (before.length > 0) return oneLine(`its merge waits for that of ${before.join(", ")}`);
  return ahead === null ? "its merge waits" : `its merge waits for that of ${ahead}`;
}

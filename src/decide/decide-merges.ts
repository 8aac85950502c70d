import type { Session } from "../board/session.ts";
import type { Edit } from "./action.ts";
import { blockEdit } from "./block.ts";
import { type ActiveBoard, type EditableView, isEditable, restKey, sessionsOf } from "./board-index.ts";
import { restLine } from "./decide-rests.ts";
import { unmergedDependencies } from "./dependencies.ts";
import { editOf } from "./edit-of.ts";
import { historyOf } from "./history.ts";
import { formatSecond } from "./instant.ts";
import { currentMerge, MERGE_AGAIN_MS } from "./merge-record.ts";
import { oneLine } from "./one-line.ts";
import { addEdit, addReason, lookAgain, type Plan } from "./plan.ts";
import type { TaskView } from "./snapshot.ts";
import { cycleOfStep } from "./workflow/cycle-facts.ts";

/** Merges accepted tasks, one at a time, dependencies first; sends back what could not be merged. */
export function decideMerges(board: ActiveBoard, plan: Plan): void {
  const due = board.byLane.done.filter((view) => isDue(view, board, plan));
  if (due.length === 0) return;
  const underWay = mergeUnderWay(board);
  const next =
    underWay === null ? inMergeOrder(due).find((it) => unmergedDependencies(it, board).length === 0) : undefined;
  if (next !== undefined) {
    const merge = historyOf(board, next.id).merge;
    // A first conflict went to a rework; whatever is merged now is its result.
    const conflicts = merge?.verdict === "conflict" && merge.reworks === 0 ? 1 : 0;
    plan.effects.push({ kind: "merge", taskId: next.id, conflicts });
    addReason(plan, next.id, "its merge is started");
  }
  const ahead = underWay ?? next?.id ?? null;
  for (const view of due) addReason(plan, view.id, mergeReason(view, ahead, board));
}

/** Whether this task may be merged now; if not, what there is to do or say about it is noted. */
function isDue(view: TaskView, board: ActiveBoard, plan: Plan): boolean {
  const branch = board.snapshot.branches.get(view.id);
  // Which cycle of a round-robin it is comes first.
  if (branch === undefined || branch.isMerged === true || board.snapshot.cycles.has(view.id)) return false;
  if (board.jobs.has(view.id) || board.runs.has(view.id) || plan.edits.has(view.id)) return false;
  if (view.duplicates.length > 0 || (view.task === null && !view.isNameOnly) || view.headPath !== view.path)
    return false;
  const merge = currentMerge(view, historyOf(board, view.id).merge, board);
  const wait = whyNotMerge(view, merge, board, plan);
  if (wait !== null) addReason(plan, view.id, wait);
  return wait === null;
}

function whyNotMerge(view: TaskView, merge: Session | null, board: ActiveBoard, plan: Plan): string | null {
  const { settings, snapshot } = board;
  if (snapshot.branches.get(view.id)?.isMerged === null) return "whether it is merged is not known yet";
  // It may be of an earlier stay here: a person accepted it again while no daemon ran.
  if (merge !== null && isRefusal(merge) && view.enteredAt === null && !snapshot.areAgesKnown)
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
  const at = merge === null ? 0 : lastTryOf(view, merge, board) + MERGE_AGAIN_MS;
  if (board.now >= at) return null;
  lookAgain(plan, board.now, at);
  return oneLine(
    `its merge waits: ${merge?.reason ?? "the checkout has unsaved changes"}; tried again at ${formatSecond(at)}`,
  );
}

const CUT_SHORT =
  "it was accepted while it ran, so it was stopped in the middle and nothing checked its work: accept it again to merge it as it is";

/** Whether it was its acceptance that stopped its run. Who accepts it once more has seen what there is. */
function wasCutShort({ id, enteredAt }: TaskView, board: ActiveBoard): boolean {
  if (enteredAt === null) return false;
  const stopped = sessionsOf(board, id).filter(({ state, finishedAt }) => {
    return state === "stopped" && (finishedAt ?? 0) >= enteredAt;
  });
  // What is accepted of a round-robin is a cycle that is done; those beside it are not asked.
  return stopped.some(({ step }) => step !== "checks" && step !== "merge" && cycleOfStep(step) === null);
}

// Its record is as old as its reason. A clock that was put back must not make it wait for the old time to come again.
function lastTryOf({ id }: TaskView, merge: Session, { snapshot, now }: ActiveBoard): number {
  const triedAt = snapshot.branches.get(id)?.triedAt ?? 0;
  return Math.max(merge.finishedAt ?? 0, triedAt > now ? 0 : triedAt);
}

function isRefusal(merge: Session): boolean {
  return merge.verdict === "conflict" || merge.verdict === "checks-failed" || merge.state === "failed";
}

function sendBack(view: EditableView, merge: Session, board: ActiveBoard): Edit | null {
  const reason = merge.reason ?? "its branch and the base cannot be joined";
  if (merge.verdict !== "conflict") return blockEdit(view, board, `could not be merged: ${reason}`);
  if (merge.reworks > 0) return blockEdit(view, board, `still in conflict after a rework: ${reason}`);
  return editOf(view, {
    intent: "requeue",
    toLane: "doing",
    set: [
      ["assigned", null],
      ["blocked", null],
      ["stale", null],
    ],
    subject: `Send ${view.id} back to mend its conflict`,
  });
}

function mergeUnderWay({ snapshot, underWay }: ActiveBoard): string | null {
  const run = snapshot.runs.find(({ kind }) => kind === "merge");
  if (run !== undefined) return run.taskId;
  const job = underWay.find(({ kind, problem }) => kind === "merge" && problem === null);
  return job === undefined ? null : (job.taskId ?? "another task");
}

function inMergeOrder(views: readonly TaskView[]): TaskView[] {
  return views.toSorted((a, b) => {
    const byTime = (a.enteredAt ?? Number.MAX_SAFE_INTEGER) - (b.enteredAt ?? Number.MAX_SAFE_INTEGER);
    return byTime !== 0 ? byTime : a.id < b.id ? -1 : 1;
  });
}

function mergeReason(view: TaskView, ahead: string | null, board: ActiveBoard): string {
  const before = unmergedDependencies(view, board);
  if (before.length > 0) return oneLine(`its merge waits for that of ${before.join(", ")}`);
  return ahead === null ? "its merge waits" : `its merge waits for that of ${ahead}`;
}

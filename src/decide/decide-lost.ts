import { branchOf } from "../board/branch.ts";
import { LOST, lossWords } from "../board/landed.ts";
import type { Lane } from "../board/lane.ts";
import { blockEdit } from "./block.ts";
import { type ActiveBoard, isEditable, isReadable } from "./board-index.ts";
import { editOf } from "./edit-of.ts";
import { historyOf } from "./history.ts";
import { openLoss } from "./lost-merge.ts";
import { currentMerge } from "./merge-record.ts";
import { addEdit, addReason, type Plan } from "./plan.ts";
import type { LostLanding, TaskView } from "./snapshot.ts";

/**
 * Sends accepted tasks to `blocked/` whose merge the base does not hold any more, with a branch that can be merged again, and back
 * when it does after all; once all are dealt with, it is noted how far.
 */
export function decideLost(board: ActiveBoard, plan: Plan): void {
  const { landed, repo, isDraining, branches } = board.snapshot;
  let isOpen = false;
  for (const id of branches.keys()) blockLost(id, board, plan);
  // Without a branch nobody would look at it again.
  for (const id of landed.lost.keys()) if (!branches.has(id) && blockLost(id, board, plan)) isOpen = true;
  for (const view of board.byLane.blocked) closeFound(view, board, plan);
  const keep: { taskId: string; sha: string }[] = [];
  for (const id of new Set([...landed.lost.keys(), ...branches.keys()])) {
    const lost = openLoss(id, board);
    if (lost === null) continue;
    if (isSettled(id, lost, board, plan)) keep.push({ taskId: id, sha: lost.tip });
    else isOpen = true;
  }
  if (isOpen || landed.isNoted || repo.baseSha === null || isDraining) return;
  // Its checks run what agents wrote: they may have moved the base to what they run on, which is put back when they end.
  if (board.snapshot.runs.some(({ kind }) => kind === "merge")) return;
  if (board.underWay.some(({ kind }) => kind === "note-base")) return;
  const kept = keep.length === 0 ? {} : { keep };
  plan.effects.push({ kind: "note-base", taskId: null, from: landed.notedSha, to: repo.baseSha, ...kept });
}

/** Where work waits that its branch has to hold. */
const OF_WORK: ReadonlySet<Lane> = new Set(["for_review", "blocked"]);

/** Whether a lost merge is nothing but to be noted; what else there is to do about it is asked for. */
function isSettled(id: string, lost: LostLanding, board: ActiveBoard, plan: Plan): boolean {
  const view = fileOf(id, board);
  if (view === undefined) return !board.deletedIds.has(id);
  if (!isOfWork(view, board)) return true;
  addReason(plan, id, `${lossWords(lost, board.settings.base)}; ${whatNext(view, board)}`);
  // A file that nobody can read, or with a double, is no reason to wait: the others' merges could not be noted meanwhile.
  if (view.isNameOnly || board.snapshot.isDraining || isBusy(id, board, plan)) return false;
  const restores = [...plan.effects, ...board.underWay].filter(({ kind }) => kind === "restore-branch").length;
  if (restores < MOST_AT_ONCE) plan.effects.push({ kind: "restore-branch", taskId: id, ...lost });
  return false;
}

/** The file of a task; of several with its id that in `done/`. */
function fileOf(id: string, { views }: ActiveBoard): TaskView | undefined {
  const files = views.get(id) ?? [];
  return files.find(({ lane }) => lane === "done") ?? files[0];
}

// Elsewhere than in `done/` the record of its merge says that there was one, or the file that there was a branch: with the base
// the board may have been forced back to before it was accepted. Anybody can write a commit.
function isOfWork({ id, lane, task }: TaskView, board: ActiveBoard): boolean {
  if (lane === "done") return true;
  if (!OF_WORK.has(lane) || board.snapshot.branches.has(id)) return false;
  return historyOf(board, id).merge?.verdict === "merged" || task?.branch === branchOf(id);
}

// A base that is set to the wrong branch loses everything, and each of these starts processes.
const MOST_AT_ONCE = 8;

function whatNext({ id }: TaskView, { snapshot }: ActiveBoard): string {
  return snapshot.branches.get(id)?.isHeld === true
    ? "its branch is checked out: check out another, so that it can begin anew"
    : "its branch is being made again";
}

function isBusy(id: string, board: ActiveBoard, plan: Plan): boolean {
  const { branches, worktrees } = board.snapshot;
  if (board.jobs.has(id) || board.runs.has(id) || plan.edits.has(id)) return true;
  // Whoever has it checked out would find other files there than the branch has.
  if (branches.get(id)?.isHeld === true || worktrees.some(({ taskId }) => taskId === id)) return true;
  return plan.effects.some((it) => it.kind !== "warm" && it.taskId === id);
}

/** Its merge is on the base again, and nobody has gone on with its branch: it is where it was before. */
function closeFound(view: TaskView, board: ActiveBoard, plan: Plan): void {
  const { id, enteredAt } = view;
  const { landed, branches, isDraining } = board.snapshot;
  const { merge } = historyOf(board, id);
  const branch = branches.get(id);
  const sha = landed.found.get(id);
  if (sha !== undefined && merge?.verdict === LOST) {
    if (branch !== undefined && branch.sha !== merge.commitSha) return;
    if (isDraining || !isReadable(view) || isBusy(id, board, plan)) return;
    addReason(plan, id, "its merge is on the base again");
    plan.effects.push({ kind: "forget-loss", taskId: id, sha, branchSha: branch?.sha ?? null });
    return;
  }
  // Only the daemon writes that a task is merged while it is here, and only then.
  const isClosed = merge?.verdict === "merged" && branch === undefined && enteredAt !== null;
  if (!isClosed || (merge.finishedAt ?? 0) < enteredAt || !isEditable(board, view)) return;
  const set = (["assigned", "branch", "attempt", "blocked", "stale"] as const).map((key) => [key, null] as const);
  addEdit(plan, editOf(view, { intent: "close", toLane: "done", set, subject: `Close ${id}, which is merged again` }));
}

/** Whether its record says that its merge is lost, and nobody accepted it since then. */
function blockLost(id: string, board: ActiveBoard, plan: Plan): boolean {
  const view = fileOf(id, board);
  const { merge } = historyOf(board, id);
  if (view?.lane !== "done" || merge?.verdict !== LOST || currentMerge(view, merge, board) === null) return false;
  const reason = merge.reason ?? "its merge is lost";
  addReason(plan, id, reason);
  const isAgeKnown = view.enteredAt !== null || board.snapshot.areAgesKnown;
  if (isAgeKnown && isEditable(board, view) && !board.runs.has(id)) addEdit(plan, blockEdit(view, board, reason));
  return true;
}

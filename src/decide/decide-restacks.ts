import type { Edit, Effect } from "./action.ts";
import { blockEdit } from "./block.ts";
import { type ActiveBoard, type EditableView, isEditable, isLive, isReadable, restKey } from "./board-index.ts";
import { sendBackEdit } from "./claim-edits.ts";
import { restLine } from "./decide-rests.ts";
import { isMet } from "./dependencies.ts";
import { editOf } from "./edit-of.ts";
import { type History, historyOf, isOutdated } from "./history.ts";
import { oneLine } from "./one-line.ts";
import { addEdit, addReason, type Plan } from "./plan.ts";
import { type StackState, stackState } from "./restack-due.ts";
import type { TaskView } from "./snapshot.ts";
import { workflowOf } from "./steps-of.ts";

type Restack = Extract<Effect, { kind: "restack" }>;
type Due = Extract<StackState, { kind: "due" }>;

/**
 * Lets the branches that stand on others follow them: when the one below is changed, whoever changed it, and when it is
 * merged. What is in progress follows when its run is over, and what waits for a person is left as it is.
 */
export function decideRestacks(board: ActiveBoard, plan: Plan): void {
  for (const [id, branch] of board.snapshot.branches) {
    if (branch.stackedOn === undefined || branch.isMerged === true) continue;
    const [view, ...twins] = board.views.get(id) ?? [];
    if (view === undefined || twins.length > 0 || !LANES.has(view.lane)) continue;
    const state = stackState(id, board, isMet);
    if (state.kind === "waits" && FINISHED.has(view.lane)) addReason(plan, id, oneLine(state.line));
    if (state.kind === "taken-back") addReason(plan, id, oneLine(takenBackLine(state.lower)));
    if (state.kind === "due") follow(view, state, board, plan);
  }
  for (const view of board.byLane.for_review) recheck(view, board, plan);
}

function takenBackLine(lower: string): string {
  return `${lower}, which it stands on, has changed: it was taken back to where it was, and follows when you accept it`;
}

const LANES: ReadonlySet<string> = new Set(["planned", "doing", "for_review", "done"]);
const FINISHED: ReadonlySet<string> = new Set(["for_review", "done"]);

function follow(view: TaskView, due: Due, board: ActiveBoard, plan: Plan): void {
  const { id, lane } = view;
  const what =
    due.onto === null ? `${due.lower}, which it stands on, is merged` : `${due.lower}, which it stands on, has changed`;
  const runs = board.runs.get(id) ?? [];
  if (runs.length > 0 || (lane === "doing" && view.task?.assigned != null)) {
    if (runs.some(isLive)) addReason(plan, id, `${what}: follows when its run is over`);
    return;
  }
  if (board.jobs.has(id) || plan.edits.has(id) || board.snapshot.cycles.has(id)) return;
  const history = historyOf(board, id);
  const known = knownConflict(history, due, board.snapshot.branches.get(id)?.sha);
  const conflicts = conflictsBefore(view, history);
  const isForAgent = !FINISHED.has(lane) && conflicts === 0;
  if (known !== null && !isForAgent) {
    const reason = known.reason ?? "";
    if (isEditable(board, view)) addEdit(plan, afterConflict(view, due.lower, conflicts, reason, board));
    return addReason(plan, id, oneLine(`does not fit onto ${due.lower} any more: ${reason}`));
  }
  const hindrance = hindranceOf(view, board);
  if (hindrance !== null) return addReason(plan, id, oneLine(`${what}: ${hindrance}`));
  const isOnItsWay = lane === "doing" && (isOutdated(history) || known !== null);
  const isRecheck = (FINISHED.has(lane) || isOnItsWay) && hasOneStep(view, board);
  const effect: Restack = {
    kind: "restack",
    taskId: id,
    tip: board.snapshot.branches.get(id)?.sha ?? "",
    lower: due.lower,
    onto: due.onto,
    conflicts,
    isForAgent,
    isRecheck,
  };
  plan.effects.push(effect);
  addReason(plan, id, `${what}: follows now`);
}

function hindranceOf({ id }: TaskView, board: ActiveBoard): string | null {
  const { snapshot } = board;
  const resting = board.resting.get(restKey("restack", id));
  if (resting !== undefined) return restLine(resting);
  if (snapshot.isDraining) return "the daemon was asked to start nothing new";
  if (snapshot.branches.get(id)?.isHeld === true) return "follows when nobody has its branch checked out any more";
  return snapshot.worktrees.some(({ taskId }) => taskId === id) ? "follows when its worktree is free" : null;
}

/** What became of this very attempt to follow; null: it was not made yet. */
function knownConflict({ restack }: History, { lower, onto }: Due, tip: string | undefined): History["restack"] {
  if (restack?.verdict !== "conflict" || restack.commitSha !== tip || restack.target !== lower) return null;
  // The base moves on all the time, and what conflicts there is what is merged.
  return onto === null || restack.args?.[0] === onto ? restack : null;
}

/** Conflicts in a row before this one. A person who asks again begins anew. */
function conflictsBefore({ lane, task }: TaskView, { restack }: History): number {
  if (lane === "planned" || (lane === "doing" && task?.blocked != null)) return 0;
  if (restack?.verdict === "to-mend") return restack.reworks + 1;
  return restack?.verdict === "conflict" ? restack.reworks : 0;
}

function afterConflict(
  view: EditableView,
  lower: string,
  conflicts: number,
  reason: string,
  board: ActiveBoard,
): Edit | null {
  if (conflicts > 0) return blockEdit(view, board, `still in conflict with ${lower} after a rework: ${reason}`);
  return sendBackEdit(view, `Send ${view.id} back to mend its conflict with ${lower}`);
}

// With several steps the merge looks at what nobody has checked: their reviews would all be done again.
function hasOneStep({ task }: TaskView, board: ActiveBoard): boolean {
  return task !== null && workflowOf(task, board) === null;
}

function recheck(view: TaskView, board: ActiveBoard, plan: Plan): void {
  const history = historyOf(board, view.id);
  if (!isReadable(view) || !isOutdated(history)) return;
  if (plan.edits.has(view.id) || board.runs.has(view.id) || !isEditable(board, view)) return;
  if (stackState(view.id, board, isMet).kind !== "even") return;
  addEdit(
    plan,
    editOf(view, {
      intent: "requeue",
      toLane: "doing",
      set: [
        ["assigned", null],
        ["stale", null],
        // It was put away in a lane of a person's, and without it the work would be done again.
        ...(view.task.attempt === null ? ([["attempt", history.highest]] as const) : []),
      ],
      subject: `Check ${view.id} again, on what it stands on now`,
    }),
  );
  addReason(plan, view.id, "is checked again, on what it stands on now");
}

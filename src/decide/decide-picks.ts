import { cycleBranchOf } from "../board/branch.ts";
import { blockEdit } from "./block.ts";
import { type ActiveBoard, isEditable, isReadable, type ReadableView, sessionsOf } from "./board-index.ts";
import { oneLine } from "./one-line.ts";
import { addEdit, addReason, type Plan } from "./plan.ts";
import type { CycleBranchView } from "./snapshot.ts";
import { newestWork } from "./workflow/cycle-facts.ts";
import { recordsOf } from "./workflow/node.ts";

/**
 * Of each accepted round-robin takes the branch that the person picked, before anything is merged: the cycle that `pick`
 * names, else the newest that is finished and has changes.
 */
export function decidePicks(board: ActiveBoard, plan: Plan): void {
  for (const [taskId, cycles] of board.snapshot.cycles) {
    const view = board.views.get(taskId)?.find(({ lane }) => lane === "done");
    if (view === undefined || view.headPath !== view.path || plan.edits.has(taskId)) continue;
    if (!isReadable(view) || board.runs.has(taskId) || board.jobs.has(taskId)) continue;
    const wait = whyNotPick(view, cycles, board);
    if (wait !== null) {
      addReason(plan, taskId, wait);
      continue;
    }
    const wanted = pickedCycle(view, cycles, board);
    if (typeof wanted === "string") {
      if (isEditable(board, view)) addEdit(plan, blockEdit(view, board, wanted));
      addReason(plan, taskId, wanted);
      continue;
    }
    plan.effects.push({ kind: "pick", taskId, cycle: wanted });
    addReason(plan, taskId, wanted === null ? "none of its cycles has changes" : `cycle ${String(wanted)} is taken`);
  }
}

/** The cycle whose branch is accepted; null: none has changes. A line: why what the file says cannot be done. */
export function pickedCycle(
  { id, task }: ReadableView,
  cycles: ReadonlyMap<number, CycleBranchView>,
  board: ActiveBoard,
): number | null | string {
  if (task.pick === null) return newestWork(recordsOf(sessionsOf(board, id)), cycles)?.index ?? null;
  if (cycles.has(task.pick)) return task.pick;
  const known = [...cycles.keys()].toSorted((a, b) => a - b).join(", ");
  return oneLine(`pick: ${String(task.pick)} names no cycle that has a branch; there are: ${known}`);
}

function whyNotPick(
  { id }: ReadableView,
  cycles: ReadonlyMap<number, CycleBranchView>,
  board: ActiveBoard,
): string | null {
  const { snapshot } = board;
  if (snapshot.isDraining) return "the daemon was asked to start nothing new, so its branch is picked later";
  const held = [...cycles].find(([, { isHeld }]) => isHeld);
  if (held !== undefined)
    return oneLine(`${cycleBranchOf(id, held[0])} is checked out: its merge waits until it is not`);
  if (snapshot.branches.get(id)?.isHeld === true) return "its branch is checked out: its merge waits until it is not";
  // Their worktrees are given back first.
  return snapshot.worktrees.some((it) => it.taskId === id) ? "the worktrees of its cycles are given back" : null;
}

import { type ActiveBoard, isEditable, type ReadableView } from "./board-index.ts";
import { isMet } from "./dependencies.ts";
import { editOf } from "./edit-of.ts";
import { oneLine } from "./one-line.ts";
import { addEdit, addReason, type Plan } from "./plan.ts";
import { workflowOf } from "./steps-of.ts";

/**
 * Looks after goals: tasks whose workflow made tasks of their own. The file of a goal names them, and a goal that changed
 * nothing itself is done when they are.
 */
export function decideGoals(board: ActiveBoard, plan: Plan): void {
  const children = childrenOf(board);
  if (children.size === 0) return;
  for (const lane of ["doing", "for_review", "blocked"] as const) {
    for (const view of board.byLane[lane]) {
      const own = children.get(view.id);
      if (own === undefined || plan.edits.has(view.id) || !isEditable(board, view) || !isGoal(view, board)) continue;
      const names = own.toSorted().join(", ");
      const open = own.filter((it) => !isMet(it, board));
      const isReached = lane === "for_review" && open.length === 0 && !board.snapshot.branches.has(view.id);
      if (lane === "for_review" && !isReached) {
        addReason(
          plan,
          view.id,
          oneLine(
            `${own.length - open.length} of its ${own.length} tasks are done; open: ${open.toSorted().join(", ")}`,
          ),
        );
      }
      if (board.runs.has(view.id)) continue;
      addEdit(
        plan,
        editOf(view, {
          intent: "normalise",
          toLane: isReached ? "done" : null,
          set: [["goal_tasks", names]],
          subject: isReached ? `Close ${view.id}: all of its tasks are done` : `Name the tasks of ${view.id}`,
        }),
      );
    }
  }
}

function isGoal(view: ReadableView, board: ActiveBoard): boolean {
  const workflow = workflowOf(view.task, board);
  return workflow !== null && !("problem" in workflow);
}

/** The tasks that name a parent, by the parent's id. */
function childrenOf({ snapshot, idsByName }: ActiveBoard): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  for (const { id, task } of snapshot.tasks) {
    const [parent] = task?.parent == null ? [] : (idsByName.get(task.parent) ?? []);
    if (parent === undefined || parent === id) continue;
    children.set(parent, [...(children.get(parent) ?? []), id]);
  }
  return children;
}

import { goalTasksOf } from "../board/task-values.ts";
import { type ActiveBoard, isEditable, type ReadableView } from "./board-index.ts";
import { isMet } from "./dependencies.ts";
import { editOf } from "./edit-of.ts";
import { oneLine } from "./one-line.ts";
import { addEdit, addReason, type Plan } from "./plan.ts";
import type { TaskView } from "./snapshot.ts";
import { workflowOf } from "./steps-of.ts";

/**
 * Looks after goals: tasks whose workflow made tasks of their own. The file of a goal names them, and a goal that changed
 * nothing itself is done when they are.
 */
export function decideGoals(board: ActiveBoard, plan: Plan): void {
  const children = childrenOf(board);
  for (const lane of ["doing", "for_review", "blocked"] as const) {
    for (const view of board.byLane[lane]) {
      const own = [...new Set([...(children.get(view.id) ?? []), ...accepted(view, board)])];
      if (own.length === 0 || plan.edits.has(view.id) || !isEditable(board, view) || !isGoal(view, board)) continue;
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

// Of most tasks in done/ nothing is read but the name: that one is its own, its file says already.
function accepted({ task }: Pick<TaskView, "task">, { views }: ActiveBoard): readonly string[] {
  return goalTasksOf(task).filter((id) => {
    const files = views.get(id) ?? [];
    return files.length > 0 && files.every((it) => it.lane === "done" && it.task === null);
  });
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

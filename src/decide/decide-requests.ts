import { isLane, LANES, type Lane } from "../board/lane.ts";
import { didYouMean } from "../board/suggest.ts";
import { type Board, isEditable } from "./board-index.ts";
import { editOf } from "./edit-of.ts";
import { oneLine } from "./one-line.ts";
import { addEdit, type Plan } from "./plan.ts";
import type { TaskView } from "./snapshot.ts";

/** Obeys the key `lane` where a person has just written it, and drops it where the folder says the same thing better. */
export function decideRequests(board: Board, plan: Plan): void {
  for (const view of board.snapshot.tasks) {
    if (view.task === null || view.task.laneRequest === null || !isEditable(board, view)) continue;
    const lane = requestedLane(view);
    if (isRequestPending(view) && lane !== null && lane !== view.lane) {
      addEdit(
        plan,
        editOf(view, {
          intent: "request",
          toLane: lane,
          // The folder changed, so that the flag of the old lane says nothing; all else is looked at in the new lane.
          set: [
            ["lane", null],
            ["stale", null],
          ],
          subject: `Move ${view.id} to ${lane}, as its lane key asks`,
        }),
      );
    } else if (lane !== null && (isRequestPending(view) || view.headLaneRequest === undefined)) {
      const subject = `Drop the lane key of ${view.id}: the folder is the lane`;
      addEdit(plan, editOf(view, { intent: "normalise", set: [["lane", null]], subject }));
    }
  }
}

/**
 * Whether the file holds a request that has not been obeyed yet: at this same path the board branch has another value, or
 * none. A value that is committed already is an old story, and a file that is new or was moved speaks by its folder.
 */
export function isRequestPending({ task, headLaneRequest }: TaskView): boolean {
  const request = task?.laneRequest ?? null;
  return request !== null && isLane(request) && headLaneRequest !== undefined && headLaneRequest !== request;
}

/** What is wrong with the key `lane` of a task; null when it is absent or names a lane. */
export function requestProblem({ task }: TaskView): string | null {
  const request = task?.laneRequest ?? null;
  if (request === null || isLane(request)) return null;
  return oneLine(`no lane "${request}"${didYouMean(request, LANES)}`);
}

function requestedLane({ task }: TaskView): Lane | null {
  const request = task?.laneRequest ?? null;
  return request !== null && isLane(request) ? request : null;
}

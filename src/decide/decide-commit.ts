import type { Commit, Edit } from "./action.ts";
import type { Board } from "./board-index.ts";
import { isRequestPending } from "./decide-requests.ts";
import type { Plan } from "./plan.ts";
import type { Change } from "./snapshot.ts";

/** The commit of this tick: what people changed, besides the edits. Null when there is nothing to commit. */
export function decideCommit(board: Board, plan: Plan): Commit | null {
  const edits = [...plan.edits.values()];
  const held = heldPaths(board, edits);
  const changes = board.snapshot.uncommitted.filter((it) => !held.has(it.path) && !isStillWritten(it, board, plan));
  return edits.length === 0 && changes.length === 0 ? null : { kind: "commit", changes };
}

// An edited file is committed as it is after its edit. A request that nobody could carry out yet stays uncommitted:
// it counts only as long as the board branch says otherwise.
function heldPaths(board: Board, edits: readonly Edit[]): ReadonlySet<string> {
  const held = new Set(edits.map(({ path }) => path));
  for (const view of board.snapshot.tasks) if (isRequestPending(view)) held.add(view.path);
  return held;
}

// A session file grows with its run, and the checks follow: all of it is committed once, with the edit that ends the claim.
function isStillWritten({ path }: Change, board: Board, plan: Plan): boolean {
  if (!path.startsWith("sessions/")) return false;
  const [, taskId = ""] = path.split("/");
  if (board.runs.has(taskId) || board.jobs.has(taskId)) return true;
  return isClaimed(board, taskId) && !plan.edits.has(taskId);
}

function isClaimed(board: Board, taskId: string): boolean {
  return (board.views.get(taskId) ?? []).some(
    ({ lane, task }) => (lane === "doing" || lane === "for_review") && task !== null && task.assigned !== null,
  );
}

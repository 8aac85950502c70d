import { branchOf } from "../board/branch.ts";
import { movedWords } from "../board/moved-branch.ts";
import { type Board, sessionsOf } from "./board-index.ts";
import { historyOf } from "./history.ts";

/**
 * What is to be said of the branch of a task that waits for review: it has moved since somebody looked at it, or is gone. Null:
 * nothing.
 */
export function movedLine(board: Board, id: string): string | null {
  const branch = board.snapshot.branches.get(id);
  return branch === undefined ? goneLine(board, id) : movedWords(sessionsOf(board, id), branch.sha);
}

// Whoever accepts it would merge nothing.
function goneLine(board: Board, id: string): string | null {
  const { step, merge } = historyOf(board, id);
  if (step?.state !== "done" || step.commitSha === null || step.commitSha === step.startSha) return null;
  if (merge?.verdict === "merged" && merge.commitSha === step.commitSha) return null;
  const [branch, sha] = [branchOf(id), step.commitSha.slice(0, 12)];
  return `its branch ${branch} is gone, so there is nothing to merge; its work was ${sha}: git branch ${branch} ${sha}`;
}

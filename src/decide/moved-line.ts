import { movedWords } from "../board/moved-branch.ts";
import { type Board, sessionsOf } from "./board-index.ts";

/** What is to be said of the branch of a task that waits for review: it has moved since somebody looked at it. Null: nothing. */
export function movedLine(board: Board, id: string): string | null {
  const branch = board.snapshot.branches.get(id);
  return branch === undefined ? null : movedWords(sessionsOf(board, id), branch.sha);
}

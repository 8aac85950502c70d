import { isAnswerUsed } from "../board/answers.ts";
import { isNoWork } from "../board/record-steps.ts";
import type { Session } from "../board/session.ts";
import type { Edit } from "./action.ts";
import { type Board, type EditableView, sessionsOf } from "./board-index.ts";
import { spentAfter } from "./budgets.ts";
import { costTrailer } from "./cost-trailer.ts";
import { editOf } from "./edit-of.ts";
import { historyOf } from "./history.ts";
import { oneLine } from "./one-line.ts";

/** The longest a reason may be, with the way to what was saved. */
const MAX_LENGTH = 299;

/**
 * Moves a task to `blocked/` with the reason, or several, and with how to get at work that a run left behind. `of`: which of
 * several.
 */
export function blockEdit(
  view: EditableView,
  board: Board,
  reason: string | readonly string[],
  of: Session | null = null,
): Edit | null {
  const sessions = sessionsOf(board, view.id);
  const rescue = keptWork(of ?? historyOf(board, view.id).step ?? lastFailed(sessions), board);
  const lines = [reason].flat().map((it) => oneLine(it, MAX_LENGTH - rescue.length));
  const line = lines.join("; ") + rescue;
  return editOf(view, {
    intent: "block",
    toLane: "blocked",
    set: [
      ["assigned", null],
      ["spent_usd", spentAfter(view, board)],
      ["stale", null],
      ["blocked", line],
      // Else it would stand there as the answer to what is asked now.
      ...(isAnswerUsed(view.task, sessions) ? [["answer", null] as const] : []),
    ],
    subject: `Block ${view.id}`,
    trailers: costTrailer(view, board),
    notice: { event: "blocked", taskId: view.id, message: line },
  });
}

// What a failed run did is on a ref of its own, or still on the branch; the session names the tip that it speaks of. What was
// done is on the branch, which may have followed another one since then, or have begun anew.
function keptWork(step: Session | null, { snapshot }: Board): string {
  if (step === null || step.commitSha === null || step.startSha === null) return "";
  if (step.commitSha === step.startSha) return "";
  const tip = step.state === "done" ? snapshot.branches.get(step.taskId)?.sha : undefined;
  return `; its work: git log -p ${(tip ?? step.commitSha).slice(0, 12)}`;
}

/** Of several steps the one that failed last. */
function lastFailed(sessions: readonly Session[]): Session | null {
  const failed = sessions.filter(({ state, step }) => state === "failed" && !isNoWork(step));
  return failed.toSorted((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0))[0] ?? null;
}

import { UNDONE } from "../board/landed.ts";
import { stackRefOf } from "../board/stack.ts";
import type { Board } from "./board-index.ts";
import { historyOf, isToMend } from "./history.ts";
import { isOffered } from "./lowers.ts";

export type StackState =
  /** It holds what the branches below are, or stands on the base. */
  | { kind: "even" }
  /** The branch below was changed, or is merged (`onto` null: the base has it), and this one has not followed yet. */
  | { kind: "due"; lower: string; onto: string | null }
  /** One below is not finished, or follows another one itself. */
  | { kind: "waits"; line: string; isGone: boolean }
  /** A person took back that it followed this one as it is now: while it waits for them it stays as it is. */
  | { kind: "taken-back"; lower: string }
  /** Conflicts are left in it: whoever mends them comes first. */
  | { kind: "to-mend" };

/** Where a task's branch stands with those below it, one of them at a time. `isMet`: whether a task is done and merged. */
export function stackState(id: string, board: Board, isMet: (id: string, board: Board) => boolean): StackState {
  const { views, snapshot } = board;
  const { branches } = snapshot;
  const branch = branches.get(id);
  const held = Object.entries(branch?.stackedOn ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (branch === undefined || held.length === 0) return { kind: "even" };
  const due = held.filter(([lower, sha]) => isMet(lower, board) || branches.get(lower)?.sha !== sha);
  const onto = (lower: string): string | null => (isMet(lower, board) ? null : (branches.get(lower)?.sha ?? null));
  for (const [lower] of held) {
    if (isMet(lower, board)) continue;
    if (!isOffered(lower, board))
      return {
        kind: "waits",
        line: views.has(lower) ? unfinishedLine(lower, board) : goneLine(id, lower),
        isGone: !views.has(lower),
      };
    if (due.length > 0 && hasMoved(lower, board, isMet)) {
      const lowers = Object.keys(branches.get(lower)?.stackedOn ?? {});
      const isLeft = lowers.some((it) => isTakenBack(lower, it, onto(it), board));
      const line = isLeft
        ? "was put back to what it was: accept it, or take this one back as well"
        : "follows another task first";
      return { kind: "waits", line: `stands on ${lower}, which ${line}`, isGone: false };
    }
  }
  if (due.length === 0) return { kind: "even" };
  const history = historyOf(board, id);
  if (isToMend(history) && history.restack?.commitSha === branch.sha) return { kind: "to-mend" };
  const open = due.filter(([lower]) => !isTakenBack(id, lower, onto(lower), board));
  // Of two that stand on each other the upper one brings the lower one along.
  const top =
    open.find(([lower]) => !open.some(([other]) => branches.get(other)?.stackedOn?.[lower] !== undefined)) ?? open[0];
  if (top === undefined) return { kind: "taken-back", lower: due[0]?.[0] ?? "" };
  const [lower] = top;
  return { kind: "due", lower, onto: onto(lower) };
}

/** Whether a person took back that it followed this very change, and has not accepted it since then. */
function isTakenBack(id: string, lower: string, onto: string | null, board: Board): boolean {
  const { restack } = historyOf(board, id);
  const isInReview = board.views.get(id)?.every(({ lane }) => lane === "for_review") === true;
  if (!isInReview || restack?.verdict !== UNDONE) return false;
  if (restack.commitSha !== board.snapshot.branches.get(id)?.sha) return false;
  return restack.target === lower && restack.args?.[0] === (onto ?? "base");
}

function hasMoved(id: string, board: Board, isMet: (id: string, board: Board) => boolean): boolean {
  const { branches } = board.snapshot;
  return Object.entries(branches.get(id)?.stackedOn ?? {}).some(([lower, sha]) => {
    return isMet(lower, board) || branches.get(lower)?.sha !== sha;
  });
}

function goneLine(id: string, lower: string): string {
  const way = `make that work its own with: git update-ref -d ${stackRefOf(id, lower)}`;
  return `its branch holds the work of ${lower}, whose file is gone: bring that back, or ${way}`;
}

function unfinishedLine(lower: string, { views, snapshot }: Board): string {
  const lanes = (views.get(lower) ?? []).map(({ lane }) => `${lane}/`);
  const isThere = lanes.length === 1 && (lanes[0] === "for_review/" || lanes[0] === "done/");
  if (!isThere) return `stands on ${lower}, which is in ${lanes.join(" and ")}`;
  return `stands on ${lower}, which ${snapshot.branches.has(lower) ? "is still at work" : "has no branch any more"}`;
}

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
  for (const [lower] of held) {
    if (isMet(lower, board)) continue;
    if (!isOffered(lower, board))
      return {
        kind: "waits",
        line: views.has(lower) ? unfinishedLine(lower, board) : goneLine(id, lower),
        isGone: !views.has(lower),
      };
    if (due.length > 0 && hasMoved(lower, board, isMet))
      return { kind: "waits", line: `stands on ${lower}, which follows another task first`, isGone: false };
  }
  if (due.length === 0) return { kind: "even" };
  const history = historyOf(board, id);
  if (isToMend(history) && history.restack?.commitSha === branch.sha) return { kind: "to-mend" };
  // Of two that stand on each other the upper one brings the lower one along.
  const top =
    due.find(([lower]) => !due.some(([other]) => branches.get(other)?.stackedOn?.[lower] !== undefined)) ?? due[0];
  if (top === undefined) return { kind: "even" };
  const [lower] = top;
  return { kind: "due", lower, onto: isMet(lower, board) ? null : (branches.get(lower)?.sha ?? null) };
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

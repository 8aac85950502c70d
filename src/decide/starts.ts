import type { Effect } from "./action.ts";
import type { ActiveBoard } from "./board-index.ts";
import { type DaySpending, dayBudgetReason, daySpending } from "./budgets.ts";
import { changerOf } from "./changer.ts";
import type { ParkedAgents } from "./choose-agent.ts";
import { type BrokenToolchain, brokenToolchain } from "./circuit-breaker.ts";
import { type DependencyReasons, dependencyReasons } from "./dependencies.ts";
import { type GivenOut, givenOutNow } from "./given-out.ts";
import { nextUtcDay } from "./instant.ts";
import { isReviewRun } from "./lane-of-run.ts";
import { oneLine } from "./one-line.ts";
import { type OverlapSearch, overlapSearch } from "./overlap.ts";
import { parkedAgents } from "./parked-agents.ts";
import { type SlotHolders, slotHolders } from "./slots.ts";

/** What every start is weighed against, read once a decision. */
export type Starts = {
  board: ActiveBoard;
  holders: SlotHolders;
  spending: DaySpending;
  /** Grows with each start that is decided upon. */
  givenOut: GivenOut;
  parked: ParkedAgents;
  dependencyReason: DependencyReasons;
  /** The files that tasks with a slot or a run, or that are being merged, would change. */
  overlap: OverlapSearch;
  /** The failure that the last tasks share; null while all is well. */
  breaker: BrokenToolchain | null;
  /** Why nothing at all starts now; null when something may. */
  stopped: { line: string; until: number | null } | null;
};

/** Reads what starts are weighed against. */
export function readStarts(board: ActiveBoard): Starts {
  const spending = daySpending(board);
  const holders = slotHolders(board);
  const breaker = brokenToolchain(board);
  return {
    board,
    holders,
    spending,
    givenOut: givenOutNow(board),
    parked: parkedAgents(board),
    dependencyReason: dependencyReasons(board),
    overlap: overlapOf(board, holders),
    breaker,
    stopped: stoppedReason(board, spending, breaker),
  };
}

/**
 * Counts the tasks that are merged from now on among those that change files: who started beside them, from a base without their
 * work, would meet it in a conflict.
 */
export function noteMerges({ board, overlap }: Starts, effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (effect.kind !== "merge") continue;
    for (const id of [effect.taskId, ...(effect.batch ?? []).map(({ taskId }) => taskId)])
      addChangers(overlap, id, board);
  }
}

function overlapOf(board: ActiveBoard, holders: SlotHolders): OverlapSearch {
  const search = overlapSearch();
  const merging = board.underWay.flatMap((it) =>
    it.kind === "merge" ? [it.taskId ?? [], ...(it.with ?? [])].flat() : [],
  );
  for (const { kind, with: others = [] } of board.snapshot.runs) if (kind === "merge") merging.push(...others);
  const ids = new Set([...holders.values(), ...board.runs.keys(), ...merging]);
  for (const id of [...ids].toSorted()) if (!isOnlyReviewed(id, board)) addChangers(search, id, board);
  return search;
}

function addChangers(search: OverlapSearch, id: string, { views, snapshot }: ActiveBoard): void {
  for (const { task, isNameOnly } of views.get(id) ?? []) {
    const known = task ?? (isNameOnly ? { id, touches: [] } : null);
    if (known !== null) search.add(changerOf(known, snapshot.sessions.get(id)));
  }
}

// Whoever reviews changes nothing.
function isOnlyReviewed(id: string, { views, runs }: ActiveBoard): boolean {
  const isInReview = views.get(id)?.every(({ lane }) => lane === "for_review") ?? false;
  return isInReview && (runs.get(id)?.every(isReviewRun) ?? true);
}

function stoppedReason(board: ActiveBoard, spending: DaySpending, breaker: Starts["breaker"]): Starts["stopped"] {
  const { settings, snapshot } = board;
  if (snapshot.isDraining) return forNow("the daemon was asked to start nothing new");
  if (settings.paused !== false) {
    const reason = settings.paused === true || settings.paused === "" ? "" : `: ${settings.paused}`;
    return forNow(oneLine(`the board is paused${reason}; set paused: false in board/board.md to go on`));
  }
  if (breaker !== null) return forNow(oneLine(`the board is about to be paused: ${breaker.reason}`));
  if (snapshot.repo.baseSha === null) {
    return forNow(`the base branch ${settings.base} does not exist or has no commit yet`);
  }
  const budget = dayBudgetReason(spending, board);
  return budget === null ? null : { line: budget, until: nextUtcDay(board.now) };
}

function forNow(line: string): Starts["stopped"] {
  return { line, until: null };
}

import type { Action, Decision, Effect } from "./action.ts";
import { type ActiveBoard, type Board, indexBoard } from "./board-index.ts";
import { decidePause } from "./circuit-breaker.ts";
import { decideAssignments } from "./decide-assignments.ts";
import { decideClaims } from "./decide-claims.ts";
import { decideCommit } from "./decide-commit.ts";
import { decideDuplicates } from "./decide-duplicates.ts";
import { decideGoals } from "./decide-goals.ts";
import { decideGone } from "./decide-gone.ts";
import { decideLost } from "./decide-lost.ts";
import { decideMerges } from "./decide-merges.ts";
import { decideNormalise } from "./decide-normalise.ts";
import { decidePicks } from "./decide-picks.ts";
import { decideRequests } from "./decide-requests.ts";
import { decideRestacks } from "./decide-restacks.ts";
import { decideRests } from "./decide-rests.ts";
import { decideReviews } from "./decide-reviews.ts";
import { decideRuns, keepClaims } from "./decide-runs.ts";
import { decideStale } from "./decide-stale.ts";
import { decideWorktrees } from "./decide-worktrees.ts";
import { explainStandstill, explainWaiting } from "./explain-waiting.ts";
import { oneLine } from "./one-line.ts";
import { emptyPlan, lookAgain, type Plan } from "./plan.ts";
import type { Snapshot } from "./snapshot.ts";
import { noteMerges, readStarts } from "./starts.ts";

/**
 * What to do next about everything observed, and why each task that waits does. Pure: the same snapshot gives the same
 * answer. The order of the rules is their rank: a task gets the first edit that any of them asks for, and one a tick.
 */
export function decide(snapshot: Snapshot): Decision {
  const board = indexBoard(snapshot);
  const plan = emptyPlan();
  decideRuns(board, plan);
  if (snapshot.repo.state === "ready") decideBoard(board, plan);
  else explainStandstill(board, oneLine(snapshot.repo.detail || `the board is ${snapshot.repo.state}`), plan);
  decideRests(board, plan);
  explainWaiting(board, plan);
  lookAgain(plan, board.now, snapshot.unsettledUntil);
  const { waiting, parked, lookAgainAt } = plan;
  return { actions: actionsOf(board, plan), waiting, parked, lookAgainAt };
}

function decideBoard(board: Board, plan: Plan): void {
  decideDuplicates(board, plan);
  // Before any other edit of the same file: a request that gets committed with it would not be fresh any more.
  decideRequests(board, plan);
  keepClaims(board, plan);
  const { settings } = board.snapshot;
  if (settings !== null) return decideWork({ ...board, settings }, plan);
  explainStandstill(board, missingSettings(board), plan);
  decideNormalise(board, plan);
}

function decideWork(board: ActiveBoard, plan: Plan): void {
  const starts = readStarts(board);
  plan.parked = starts.parked;
  decideRestacks(board, plan);
  // Before whatever merges, starts or takes away by what it believes to be merged.
  decideLost(board, plan);
  decideGone(board, plan);
  // Before the rest: what is finished goes before what is begun, and a claim that a person took along is nobody's work.
  decideReviews(starts, plan);
  decideClaims(starts, plan);
  decidePicks(board, plan);
  decideMerges(board, plan);
  noteMerges(starts, plan.effects);
  decideAssignments(starts, plan);
  decideGoals(board, plan);
  decideNormalise(board, plan);
  decideStale(board, plan);
  decidePause(board, starts.breaker, plan);
  decideWorktrees(starts, plan);
}

function missingSettings({ snapshot }: Board): string {
  const finding = snapshot.findings.find((it) => it.path === "board/board.md" && it.severity === "error");
  return oneLine(
    `no settings are in force: ${finding === undefined ? "board/board.md cannot be read" : finding.message}`,
  );
}

function actionsOf(board: Board, plan: Plan): Action[] {
  if (board.snapshot.repo.state !== "ready") return [...plan.effects];
  const commit = decideCommit(board, plan);
  return [...plan.edits.values(), ...(commit === null ? [] : [commit]), ...effectsOf(plan)];
}

// Stops come first: what ends makes room.
function effectsOf({ effects }: Plan): Effect[] {
  return effects.toSorted((a, b) => Number(b.kind === "stop") - Number(a.kind === "stop"));
}

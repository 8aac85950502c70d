import type { Task } from "../board/task.ts";
import { type ActiveBoard, isLive } from "./board-index.ts";
import { costCapUsd, type DaySpending, dollarsOf, leftOfTask, roundUsd } from "./budgets.ts";
import { agentName } from "./choose-agent.ts";
import { formatUsd, oneLine } from "./one-line.ts";
import { spentBy } from "./run-caps.ts";

/**
 * Money that was given out and is not spent yet, in US dollars: what runs in progress, and starts under way, may still cost.
 * Whoever starts next gets what is left beside it, so that no two spend the same dollar.
 */
export type GivenOut = { usd: number; byTask: Map<string, number> };

/** What a run may cost, null being no cap; or why it waits for others to end. */
export type Allowance = { capUsd: number | null } | { reason: string };

/** Sums what is given out at this moment. */
export function givenOutNow({ snapshot }: ActiveBoard): GivenOut {
  const givenOut: GivenOut = { usd: 0, byTask: new Map() };
  for (const run of snapshot.runs) {
    if (isLive(run)) giveOut(givenOut, run.taskId, (run.caps.costUsd ?? 0) - spentBy(run));
  }
  // Of a start whose run is on record by now this counts too much for a moment, never too little.
  for (const { kind, taskId, costCapUsd: capUsd = null } of snapshot.jobs) {
    if (kind === "launch" && taskId !== null) giveOut(givenOut, taskId, capUsd ?? 0);
  }
  return givenOut;
}

/** Notes that a task may spend this much more. */
export function giveOut(givenOut: GivenOut, taskId: string, usd: number): void {
  if (usd <= 0) return;
  givenOut.usd += usd;
  givenOut.byTask.set(taskId, (givenOut.byTask.get(taskId) ?? 0) + usd);
}

/**
 * What a run of this task, by the first usable of `agents`, may cost beside those in progress. With less than half of what
 * it would get alone it waits: it would end before it got anywhere, and most runs stay below their caps.
 */
export function allowanceOf(
  task: Task,
  agents: readonly string[],
  { board, spending, givenOut }: { board: ActiveBoard; spending: DaySpending; givenOut: GivenOut },
): Allowance {
  if (agents.every((it) => isFree(it, board))) return { capUsd: null };
  const aloneUsd = costCapUsd(task, spending, board);
  if (aloneUsd === null) return { capUsd: null };
  const { dayUsd, taskUsd } = board.settings.budget;
  const ofTask = givenOut.byTask.get(task.id) ?? 0;
  const leftOfDay = dayUsd - spending.usd - givenOut.usd;
  const leftHere = leftOfTask(task, board.settings) - ofTask;
  const capUsd = roundUsd(Math.min(aloneUsd, leftOfDay, leftHere));
  if (capUsd >= aloneUsd || (capUsd > 0 && capUsd >= aloneUsd / 2)) return { capUsd };
  return leftOfDay <= leftHere
    ? { reason: waitsFor("the day's budget", spending.usd, givenOut.usd, dayUsd) }
    : { reason: waitsFor("the task's budget", dollarsOf(task.spentUsd), ofTask, task.budgetUsd ?? taskUsd) };
}

function isFree(agent: string, { snapshot: { agents } }: ActiveBoard): boolean {
  return (agents.get(agent) ?? agents.get(agentName(agent)))?.isFree === true;
}

function waitsFor(what: string, spentUsd: number, heldUsd: number, capUsd: number): string {
  return oneLine(
    `waits for ${what}: of ${formatUsd(capUsd)}, ${formatUsd(spentUsd)} are spent and ${formatUsd(heldUsd)} given to runs in progress`,
  );
}

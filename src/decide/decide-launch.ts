import type { Effect } from "./action.ts";
import { agentInSlot } from "./agent-in-slot.ts";
import { isCommitted, type ReadableView } from "./board-index.ts";
import { taskBudgetReason } from "./budgets.ts";
import { type Continuation, continuationOf } from "./chain.ts";
import { changerOf } from "./changer.ts";
import { allowanceOf, giveOut } from "./given-out.ts";
import type { History } from "./history.ts";
import { parkedBy } from "./parked-agents.ts";
import { mustFix } from "./review-record.ts";
import type { Starts } from "./starts.ts";
import type { Step } from "./steps-of.ts";
import { startOf } from "./why-not-start.ts";

export type LaunchOutcome =
  | { kind: "launch"; effect: Extract<Effect, { kind: "launch" }> }
  /** The claim stands, and its start waits. */
  | { kind: "wait"; reason: string }
  /** The claim should never have been, or its grounds are gone: others may have the slot meanwhile. */
  | { kind: "later"; reason: string }
  | { kind: "block"; reason: string };

/**
 * Starts the agent of a claimed task. Only when the claim, as it is on disk, is on the board branch: whoever looks at the
 * branch after a crash sees that the task was given away.
 */
export function decideLaunch(view: ReadableView, history: History, attempt: number, starts: Starts): LaunchOutcome {
  const { board } = starts;
  if (starts.stopped !== null) return { kind: "wait", reason: starts.stopped.line };
  const next = startOf(view, starts);
  if ("reason" in next) return { kind: "later", reason: next.reason };
  const budget = taskBudgetReason(view.task, view.task.spentUsd, board);
  if (budget !== null) return { kind: "block", reason: budget };
  const overlap = overlapReason(view, starts);
  if (overlap !== null) return { kind: "later", reason: overlap };
  const continuation = continuationOf(history, attempt, board.settings);
  const wanted = {
    task: view.task,
    doer: next.step.persona,
    slotName: view.task.assigned ?? "",
    after: continuation.afterAgentOf,
  };
  const choice = agentInSlot(wanted, starts);
  if ("problem" in choice) return { kind: "later", reason: choice.problem };
  const allowance = allowanceOf(view.task, [choice.agent], starts);
  if ("reason" in allowance) return { kind: "later", reason: allowance.reason };
  giveOut(starts.givenOut, view.id, allowance.capUsd ?? 0);
  if (!isCommitted(view)) return { kind: "wait", reason: "its claim is not on the board branch yet" };
  const effect = effectOf(view, next.step, attempt, continuation, choice.agent, starts);
  const findings = continuation.cause === "review" && history.review !== null ? mustFix(history.review) : [];
  const asked = findings.length === 0 ? {} : { findings };
  return { kind: "launch", effect: { ...effect, ...asked, costCapUsd: allowance.capUsd } };
}

// Whoever gave the claims: of two that would change the same files the one with a run goes on, else the first by id.
function overlapReason({ id, task }: ReadableView, { board, overlap }: Starts): string | null {
  return overlap.reason(
    changerOf(task, board.snapshot.sessions.get(id)),
    (holder) => board.runs.has(holder.id) || holder.id < id,
  );
}

function effectOf(
  { id, task }: ReadableView,
  step: Step,
  attempt: number,
  { cause, retries, reworks, losses, previous }: Continuation,
  agent: string,
  { board }: Starts,
): Omit<Extract<Effect, { kind: "launch" }>, "costCapUsd"> {
  return {
    kind: "launch",
    taskId: id,
    slot: task.assigned ?? "",
    attempt,
    step: step.name,
    persona: step.persona.id,
    agent,
    retries,
    reworks,
    losses,
    cause,
    parked: previous === null ? {} : parkedBy(previous, board),
  };
}

import { type Claim, parseClaims } from "../../board/claim.ts";
import type { Workflow } from "../../board/workflow.ts";
import { type ReadableView, sessionsOf } from "../board-index.ts";
import { agentChain, chooseAgent } from "../choose-agent.ts";
import type { Starts } from "../starts.ts";
import { doerOf } from "./doer.ts";
import { graphOf } from "./graph.ts";
import { type Graph, type Node, type Records, recordsOf } from "./node.ts";
import type { Situation, StepStates } from "./situation.ts";
import { isFinished, isUnspent, statesOf } from "./states.ts";

/** A task with several steps, and where each of them stands. */
export type TaskSteps = {
  view: ReadableView;
  graph: Graph;
  records: Records;
  states: StepStates;
  situation: Situation;
  /** What the file gives to slots; those whose run is over are spent. */
  claims: readonly Claim[];
  unspent: readonly Claim[];
};

/** Weighs the steps of a task in `planned/` or `doing/`. */
export function taskStepsOf(view: ReadableView, workflow: Workflow, starts: Starts): TaskSteps {
  const { task } = view;
  const situation = situationOf(view, workflow, starts, task.lane !== "doing" || task.blocked !== null);
  const made = statesOf(situation);
  // What is finished goes on to review in the edit that takes its last claim away: without one, a person put it back.
  const isPutBack = task.lane === "doing" && situation.claims.length === 0 && isFinished(made) && !situation.isAsked;
  return isPutBack ? stepsIn(view, { ...situation, isAsked: true }) : stepsIn(view, situation, made);
}

/** The steps of a task that rests in another lane, as its last run left them: nothing there is asked for again. */
export function restingStepsOf(view: ReadableView, workflow: Workflow, starts: Starts): TaskSteps {
  return stepsIn(view, situationOf(view, workflow, starts, false));
}

function stepsIn(view: ReadableView, situation: Situation, states: StepStates = statesOf(situation)): TaskSteps {
  const { graph, records, claims } = situation;
  const unspent = claims.filter((it) => isUnspent(it, records.get(it.step) ?? null));
  return { view, graph, records, claims, unspent, situation, states };
}

function situationOf(view: ReadableView, workflow: Workflow, starts: Starts, isAsked: boolean): Situation {
  const { task } = view;
  const { board } = starts;
  const records = recordsOf(sessionsOf(board, view.id));
  return {
    task,
    graph: graphOf(workflow, records, board.snapshot.personas, task.override),
    records,
    claims: parseClaims(task.assigned),
    settings: board.settings,
    now: board.now,
    isAsked,
    hasNextAgent: (node, failed) => hasNextAgent(view, node, failed, starts),
  };
}

function hasNextAgent(
  { task }: ReadableView,
  node: Node,
  failed: Parameters<Situation["hasNextAgent"]>[1],
  { board, parked }: Starts,
): boolean {
  const slot = board.settings.slots.find(({ name }) => name === failed.slot);
  if (slot === undefined || failed.agent === null) return false;
  const doer = doerOf(node);
  return "agent" in chooseAgent(agentChain(task, doer, slot, board), failed, board, parked, slot);
}

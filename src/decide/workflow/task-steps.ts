import { type Claim, parseClaims } from "../../board/claim.ts";
import type { Workflow } from "../../board/workflow.ts";
import { type ActiveBoard, type ReadableView, sessionsOf } from "../board-index.ts";
import { spentWith, taskBudgetReason } from "../budgets.ts";
import { agentChain, chooseAgent } from "../choose-agent.ts";
import type { Starts } from "../starts.ts";
import { costOfClaims } from "./claim-costs.ts";
import { doerOf } from "./doer.ts";
import { graphOf } from "./graph.ts";
import { type Graph, type Node, type Records, recordsOf } from "./node.ts";
import { weighRounds } from "./rounds.ts";
import type { Ending } from "./rounds-end.ts";
import type { Rounds } from "./rounds-situation.ts";
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
  /** With a round-robin: why no further cycle begins; null while more is to come, and for every graph. */
  ending: Ending | null;
  /** Since when it is worked on is not known yet, and what comes next depends on it. */
  isAgeAwaited: boolean;
};

/** Weighs the steps of a task in `planned/` or `doing/`. */
export function taskStepsOf(view: ReadableView, workflow: Workflow, starts: Starts): TaskSteps {
  const { task } = view;
  const { board } = starts;
  const records = recordsOf(sessionsOf(board, view.id));
  const claims = parseClaims(task.assigned);
  const facts: Omit<Situation, "graph"> = {
    task,
    records,
    claims,
    settings: board.settings,
    now: board.now,
    isAsked: task.lane !== "doing" || task.blocked !== null,
    hasNextAgent: (node, failed) => hasNextAgent(view, node, failed, starts),
  };
  const unspent = claims.filter((it) => isUnspent(it, records.get(it.step) ?? null));
  const common = { view, records, claims, unspent };
  if (workflow.roundRobin !== null) {
    const since = sinceOf(view, board);
    const { graph, states, ending } = weighRounds({ ...facts, ...roundsOf(common, board), workflow, since });
    return { ...common, graph, states, situation: { ...facts, graph }, ending, isAgeAwaited: since === null };
  }
  const graph = graphOf(workflow, records, board.snapshot.personas, task.override);
  const situation: Situation = { ...facts, graph };
  const made = statesOf(situation);
  // What is finished goes on to review in the edit that takes its last claim away: without one, a person put it back.
  const isPutBack = task.lane === "doing" && claims.length === 0 && isFinished(made) && !situation.isAsked;
  const asked = isPutBack ? { ...situation, isAsked: true } : situation;
  const states = isPutBack ? statesOf(asked) : made;
  return { ...common, graph, situation: asked, states, ending: null, isAgeAwaited: false };
}

function roundsOf(
  { view, records, claims }: Pick<TaskSteps, "view" | "records" | "claims">,
  board: ActiveBoard,
): Omit<Rounds, keyof Situation | "workflow" | "since"> {
  const { snapshot, runs } = board;
  const { id, task } = view;
  return {
    personas: snapshot.personas,
    branches: snapshot.cycles.get(id) ?? new Map<number, never>(),
    taskSha: snapshot.branches.get(id)?.sha ?? null,
    budget: taskBudgetReason(task, spentWith(task.spentUsd, costOfClaims([...records.values()], claims)), board),
    running: (runs.get(id) ?? []).flatMap(({ unit }) => unit ?? []),
  };
}

/** Since when the task is worked on without a person's asking anew; null: git is being asked. */
function sinceOf({ lane, enteredAt }: ReadableView, { snapshot }: ActiveBoard): number | null {
  if (lane !== "doing") return Number.POSITIVE_INFINITY;
  return enteredAt ?? (snapshot.areAgesKnown ? 0 : null);
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

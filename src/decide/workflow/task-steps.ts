import { type Claim, parseClaims } from "../../board/claim.ts";
import type { Session } from "../../board/session.ts";
import type { Task } from "../../board/task.ts";
import type { Workflow } from "../../board/workflow.ts";
import type { Settings } from "../../config/settings.ts";
import { type ActiveBoard, type ReadableView, sessionsOf } from "../board-index.ts";
import { spentWith, taskBudgetReason } from "../budgets.ts";
import { agentChain, chooseAgent } from "../choose-agent.ts";
import type { Snapshot } from "../snapshot.ts";
import type { Starts } from "../starts.ts";
import { costOfClaims } from "./claim-costs.ts";
import { doerOf } from "./doer.ts";
import { graphOf } from "./graph.ts";
import { findNode, type Graph, type Node, type Records, recordsOf } from "./node.ts";
import { weighRounds } from "./rounds.ts";
import type { Ending } from "./rounds-end.ts";
import { isFinished, type Situation, type StepStates } from "./situation.ts";
import { isUnspent, statesOf } from "./states.ts";

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
  const isAsked = task.lane !== "doing" || task.blocked !== null;
  if (workflow.roundRobin !== null) {
    return roundsIn(view, workflow, { ...factsOf(view, starts), isAsked, since: sinceOf(view, starts.board) }, starts);
  }
  const known = knownSteps(view, workflow, starts);
  if (known !== null) return { ...known, view };
  const steps = weigh(view, workflow, starts, isAsked);
  if (isLasting(steps, starts)) {
    const { settings, snapshot } = starts.board;
    const tip = snapshot.branches.get(view.id)?.sha ?? null;
    KNOWN.set(sessionsOf(starts.board, view.id), { task, workflow, personas: snapshot.personas, settings, tip, steps });
  }
  return steps;
}

type Known = {
  task: Task;
  workflow: Workflow;
  personas: Snapshot["personas"];
  settings: Settings;
  tip: string | null;
  steps: TaskSteps;
};

// Thousands of tasks wait in the midst of a workflow, and each look brings the very objects of the last one. Nobody changes
// them, and what was made of them is the same as long as they are.
const KNOWN = new WeakMap<readonly Session[], Known>();

function knownSteps(view: ReadableView, workflow: Workflow, { board }: Starts): TaskSteps | null {
  const known = KNOWN.get(sessionsOf(board, view.id));
  if (known === undefined || known.task !== view.task || known.workflow !== workflow) return null;
  if (known.personas !== board.snapshot.personas || known.settings !== board.settings) return null;
  if (known.tip !== (board.snapshot.branches.get(view.id)?.sha ?? null)) return null;
  return board.runs.has(view.id) || board.jobs.has(view.id) ? null : known.steps;
}

/**
 * Whether it follows from task, workflow, personas, settings, branch and session files alone: not from runs, agents or the
 * clock.
 */
function isLasting({ view, claims, states, records }: TaskSteps, { board }: Starts): boolean {
  if (claims.length > 0 || board.runs.has(view.id) || board.jobs.has(view.id)) return false;
  for (const { kind } of states.values()) if (kind === "later") return false;
  for (const { failure } of records.values()) if (failure === "setup") return false;
  return true;
}

function weigh(view: ReadableView, workflow: Workflow, starts: Starts, isAsked: boolean): TaskSteps {
  const { task } = view;
  const situation = situationOf(view, workflow, starts, isAsked);
  const made = statesOf(situation);
  // What is finished goes on to review in the edit that takes its last claim away: without one, a person put it back.
  const isIdle = task.lane === "doing" && situation.claims.length === 0 && !situation.isAsked;
  if (isIdle && wasFinished(made, situation)) return stepsIn(view, { ...situation, isAsked: true, tip: null });
  return stepsIn(view, situation, made);
}

/** Also where the person committed something, so that the reviews are to be done again: what they ask for comes first. */
function wasFinished(states: StepStates, situation: Situation): boolean {
  if (isFinished(states) || situation.tip === null) return isFinished(states);
  for (const [id, { kind }] of states) {
    // Nearly every task has a step that never was done: it need not be weighed twice.
    if (kind !== "done" && kind !== "skipped" && situation.records.get(id)?.state !== "done") return false;
  }
  return isFinished(statesOf({ ...situation, tip: null }));
}

/** The steps of a task that rests in another lane, as its last run left them: nothing there is asked for again. */
export function restingStepsOf(view: ReadableView, workflow: Workflow, starts: Starts): TaskSteps {
  if (workflow.roundRobin === null) return stepsIn(view, situationOf(view, workflow, starts, false));
  const steps = roundsIn(view, workflow, { ...factsOf(view, starts), isAsked: false, since: 0 }, starts);
  const nodes = steps.graph.nodes.filter(({ cycle }) => cycle?.isNew !== true);
  return { ...steps, graph: { ...steps.graph, nodes } };
}

function stepsIn(view: ReadableView, situation: Situation, states: StepStates = statesOf(situation)): TaskSteps {
  const { graph, records, claims } = situation;
  const unspent = claims.length === 0 ? claims : claims.filter((it) => isUnspent(it, records.get(it.step) ?? null));
  return { view, graph, records, claims, unspent, situation, states, ending: null, isAgeAwaited: false };
}

function roundsIn(
  view: ReadableView,
  workflow: Workflow,
  facts: Omit<Situation, "graph"> & { since: number | null },
  { board }: Starts,
): TaskSteps {
  const { snapshot, runs } = board;
  const { id, task } = view;
  const { records, claims, since } = facts;
  const { graph, states, ending } = weighRounds({
    ...facts,
    workflow,
    personas: snapshot.personas,
    branches: snapshot.cycles.get(id) ?? new Map<number, never>(),
    taskSha: snapshot.branches.get(id)?.sha ?? null,
    budget: taskBudgetReason(task, spentWith(task.spentUsd, costOfClaims([...records.values()], claims)), board),
    running: (runs.get(id) ?? []).flatMap(({ unit }) => unit ?? []),
  });
  return { ...stepsIn(view, { ...facts, graph }, states), ending, isAgeAwaited: since === null };
}

/** Since when the task is worked on without a person's asking anew; null: git is being asked. */
function sinceOf({ lane, enteredAt }: ReadableView, { snapshot }: ActiveBoard): number | null {
  if (lane !== "doing") return Number.POSITIVE_INFINITY;
  return enteredAt ?? (snapshot.areAgesKnown ? 0 : null);
}

function situationOf(view: ReadableView, workflow: Workflow, starts: Starts, isAsked: boolean): Situation {
  const facts = factsOf(view, starts);
  const graph = graphOf(workflow, facts.records, starts.board.snapshot.personas, view.task.override);
  // Whoever asks for more is answered first, and so is what was begun for it: what comes of it is reviewed anyway.
  const isBeginning = facts.claims.some((it) => {
    return isUnspent(it, facts.records.get(it.step) ?? null) && !facts.hasRun(it.step);
  });
  return { ...facts, graph, isAsked, tip: isAsked || isBeginning ? null : tipOf(view, graph, starts.board) };
}

/** The tip of the task's branch while none of the daemon's own work is under way there. */
function tipOf({ id, lane }: ReadableView, graph: Graph, board: ActiveBoard): string | null {
  const tip = lane === "doing" ? board.snapshot.branches.get(id)?.sha : undefined;
  if (tip === undefined) return null;
  const isLooking = (step: string | null | undefined): boolean => findNode(graph, step ?? "")?.mutates === false;
  if (board.runs.get(id)?.some(({ unit }) => !isLooking(unit)) === true) return null;
  if (!board.jobs.has(id)) return tip;
  const isChanging = board.underWay.some((it) => it.taskId === id && !(it.kind === "launch" && isLooking(it.of)));
  return isChanging ? null : tip;
}

function factsOf(view: ReadableView, starts: Starts): Omit<Situation, "graph" | "isAsked"> {
  const { board } = starts;
  return {
    task: view.task,
    records: recordsOf(sessionsOf(board, view.id)),
    claims: parseClaims(view.task.assigned),
    tip: null,
    settings: board.settings,
    now: board.now,
    hasRun: (step) =>
      board.runs.get(view.id)?.some(({ unit }) => unit === step) === true ||
      board.underWay.some((it) => it.taskId === view.id && it.kind === "launch" && it.of === step),
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

import type { WorkflowStep } from "../../board/workflow.ts";
import { newestWork, nextCycle, stepOfCycle } from "./cycle-facts.ts";
import type { Graph, Node } from "./node.ts";
import { type Ending, endingOf } from "./rounds-end.ts";
import type { Rounds } from "./rounds-situation.ts";
import type { Situation, StepState, StepStates } from "./situation.ts";
import { SKIPPED, stateOf } from "./states.ts";

/** Most cycles of one task at once. */
const MOST_AT_ONCE = 4;

/** More than a round-robin ever has; whatever number somebody writes into the file. */
const LOOK_BACK = 1_000;

/** The graph of a round-robin, and where it stands: the cycles begun so far, and the next ones that may be claimed now. */
export function weighRounds(rounds: Rounds): { graph: Graph; states: StepStates; ending: Ending | null } {
  const { task, workflow, records, claims, running } = rounds;
  const roster = task.personas.length > 0 ? task.personas : (workflow.roundRobin?.personas ?? []);
  const next = nextCycle(task, [...records.keys(), ...claims.map(({ step }) => step), ...running]);
  const startSha = newestWork(records, rounds.branches)?.record.commitSha ?? rounds.taskSha;
  const atOnce = Math.min(task.parallelism ?? workflow.roundRobin?.parallelism ?? 1, MOST_AT_ONCE);
  const first = Math.max(0, next - LOOK_BACK);
  const nodes = Array.from({ length: next - first + atOnce }, (_, position): Node => {
    const index = first + position;
    return nodeOf(whoseTurn(index, roster, rounds), { index, startSha, isNew: index >= next }, rounds);
  });
  const begunNodes = nodes.slice(0, next - first);
  // What a person wants otherwise of single steps is about a graph; here there is the roster.
  const situation: Situation = { ...rounds, task: { ...task, override: {} }, graph: graphOf(nodes) };
  const begun = new Map<string, StepState>();
  for (const node of begunNodes) begun.set(node.id, startAt(stateOf(node, begun, situation), node, rounds));
  keepWithin(begun, atOnce);
  const ending = endingOf(begun, { ...rounds, size: Math.max(roster.length, 1), startSha });
  if (ending !== null) {
    const states = ending.isForced ? withoutRest(begun, rounds) : begun;
    return { graph: graphOf(begunNodes), states, ending };
  }
  const shown = nodes.slice(0, begunNodes.length + Math.max(atOnce - busyCount(begun), 0));
  const states = new Map(begun);
  for (const node of shown.slice(begunNodes.length)) states.set(node.id, newState(node, rounds, situation));
  return { graph: graphOf(shown), states, ending: null };
}

/** A cycle that is done was that of who did it, whatever the roster says since. */
function whoseTurn(index: number, roster: readonly string[], { records }: Rounds): string | null {
  const record = records.get(stepOfCycle(index));
  return (record?.state === "done" ? record.persona : null) ?? roster[index % roster.length] ?? null;
}

/** Cycles can be begun and have no file: a person wrote another number into the task, or took their files away. */
function keepWithin(begun: Map<string, StepState>, atOnce: number): void {
  let left = atOnce - [...begun.values()].filter(({ kind }) => kind === "claimed").length;
  for (const [id, { kind }] of begun) {
    if (kind !== "ready") continue;
    if (left <= 0) begun.set(id, { kind: "waiting", on: [] });
    left -= 1;
  }
}

function newState(node: Node, rounds: Rounds, situation: Situation): StepState {
  if (rounds.since === null) return { kind: "waiting", on: [] };
  return startAt(stateOf(node, new Map(), situation), node, rounds);
}

function nodeOf(named: string | null, cycle: NonNullable<Node["cycle"]>, { personas, task }: Rounds): Node {
  const id = stepOfCycle(cycle.index);
  const persona = named === null ? null : (personas.get(named) ?? null);
  const problem =
    persona !== null ? null : named === null ? NOBODY : `has no persona: there is no personas/${named}.md`;
  return {
    id,
    step: { ...PLAIN_STEP, id, persona: named },
    persona,
    task: null,
    skills: persona?.skills ?? [],
    output: `cycles/${String(cycle.index)}-${named ?? "nobody"}.md`,
    needs: [],
    planned: [],
    touches: task.touches,
    mutates: persona?.mutates ?? false,
    problem: problem === null ? null : `step ${id} ${problem}`,
    cycle,
    isPlaceholder: false,
  };
}

const NOBODY = "has no persona: write `personas:` in the task";

const PLAIN_STEP: WorkflowStep = {
  id: "",
  line: null,
  persona: null,
  personaFrom: null,
  action: null,
  skills: [],
  task: null,
  output: null,
  reads: null,
  needs: [],
  when: {},
  mutates: null,
  gate: null,
  expand: null,
  rework: null,
  verdicts: "cycle",
  skippedAs: null,
  agent: null,
  model: null,
  maxToolCalls: null,
  touches: [],
};

// Each cycle stands for itself.
const NONE: ReadonlySet<string> = new Set();

function graphOf(nodes: readonly Node[]): Graph {
  return { nodes, groups: new Map(), ancestors: () => NONE };
}

/** What begins upon work that could not be merged brings the base in first. */
function startAt(state: StepState, { cycle }: Node, { records, taskSha }: Rounds): StepState {
  if ((state.kind !== "ready" && state.kind !== "claimed") || state.start.cause !== "first") return state;
  const merge = records.get("merge");
  const isRefused = taskSha !== null && cycle?.startSha === taskSha && merge?.commitSha === taskSha;
  if (!isRefused || (merge.verdict !== "conflict" && merge.verdict !== "checks-failed")) return state;
  return { ...state, start: { ...state.start, cause: "conflict" } };
}

/** Nothing more is begun; what a person was asked still stands. */
function withoutRest(states: StepStates, { records }: Rounds): StepStates {
  const rest = new Map(states);
  for (const [id, it] of states) {
    const isQuestion = it.kind === "blocked" && records.get(id)?.verdict === "decision";
    if (it.kind !== "done" && !isQuestion) rest.set(id, SKIPPED);
  }
  return rest;
}

function busyCount(states: StepStates): number {
  return [...states.values()].filter(({ kind }) => kind !== "done").length;
}

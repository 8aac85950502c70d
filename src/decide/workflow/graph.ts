import type { Persona } from "../../board/persona.ts";
import type { StepOverride } from "../../board/task.ts";
import type { Workflow, WorkflowStep } from "../../board/workflow.ts";
import { dispatchedBy, nodesOf } from "./dispatched.ts";
import type { Graph, Node, Records } from "./node.ts";
import { areOutputsApart, outputsOf, refuseOutputs } from "./outputs.ts";

/**
 * The graph of one task: the workflow's steps with what the person changed for this task, the persona that a verdict named,
 * and the steps that a dispatcher wrote. Pure, and total: what cannot be is a problem of its node.
 */
export function graphOf(workflow: Workflow, records: Records, personas: Personas, overrides: Overrides): Graph {
  const rests = restsOn(workflow, records, overrides);
  if (rests === null) return makeGraph(workflow, records, personas, overrides, null);
  const common = commonOf(workflow, personas);
  if (rests === workflow) return common.graph;
  const graph = common.ofDispatch.get(rests) ?? makeGraph(workflow, records, personas, overrides, common);
  common.ofDispatch.set(rests, graph);
  return graph;
}

type Personas = ReadonlyMap<string, Persona>;
type Overrides = Readonly<Record<string, StepOverride>>;

/** What all tasks of a workflow have in common: its graph before anything is dispatched, and the graph of each dispatch. */
type Common = {
  graph: Graph;
  byId: ReadonlyMap<string, Node>;
  /** The files of its steps, as `foldName` has them; null where one may not be written. */
  outputs: ReadonlySet<string> | null;
  /** Each step that is expanded, by the persona that does it. */
  doers: Map<WorkflowStep, Map<string, Node>>;
  ofDispatch: WeakMap<object, Graph>;
};

// Thousands of tasks go through one graph, and each look brings the very objects of the last one. Nobody changes them.
const known = new WeakMap<Workflow, WeakMap<Personas, Common>>();

function commonOf(workflow: Workflow, personas: Personas): Common {
  const ofWorkflow = known.get(workflow) ?? new WeakMap<Personas, Common>();
  known.set(workflow, ofWorkflow);
  const found = ofWorkflow.get(personas);
  if (found !== undefined) return found;
  const graph = makeGraph(workflow, new Map(), personas, {}, null);
  const byId = new Map(graph.nodes.map((it) => [it.id, it]));
  const common = { graph, byId, outputs: outputsOf(graph), doers: new Map(), ofDispatch: new WeakMap() };
  ofWorkflow.set(personas, common);
  return common;
}

/** What the graph rests upon besides workflow and personas: one dispatch, or nothing; null: on more than that. */
function restsOn(workflow: Workflow, records: Records, overrides: Overrides): object | null {
  if (Object.keys(overrides).length > 0) return null;
  let dispatch: object | null = null;
  for (const { personaFrom, expand } of workflow.steps) {
    if (personaFrom !== null && records.get(personaFrom)?.target != null) return null;
    const steps = expand === null ? [] : dispatchedBy(records.get(expand));
    if (steps.length === 0) continue;
    if (dispatch !== null) return null;
    dispatch = steps;
  }
  return dispatch ?? workflow;
}

/** `common`: where only what is dispatched differs from it; all else is taken as it is there. */
function makeGraph(
  workflow: Workflow,
  records: Records,
  personas: Personas,
  overrides: Overrides,
  common: Common | null,
): Graph {
  const nodes: Node[] = [];
  const dispatched: Node[] = [];
  const groups = new Map<string, readonly string[]>();
  for (const written of workflow.steps) {
    const needs = flatNeeds(written.needs, groups);
    const same = written.expand === null && needs === written.needs ? common?.byId.get(written.id) : undefined;
    if (same?.problem === null) {
      nodes.push(same);
      continue;
    }
    const step = withOverride(written, overrides[written.id]);
    if (step.expand === null) {
      nodes.push({ ...nodeOf(step, records, personas), needs, planned: needs });
      continue;
    }
    const steps = dispatchedBy(records.get(step.expand));
    if (steps.length === 0) {
      nodes.push({ ...nodeOf(step, records, personas), needs, planned: needs, isPlaceholder: true, problem: null });
      groups.set(step.id, [step.id]);
      continue;
    }
    const made = nodesOf(steps, step, needs, ({ id, persona }) => {
      // What the person says of it goes before what is said of all, and both before what the dispatcher wrote.
      const own = withOverride(step, overrides[`${step.id}.${id}`]);
      return doneBy(own, own.persona ?? persona, personas, common);
    });
    nodes.push(...made);
    dispatched.push(...made);
    groups.set(
      step.id,
      made.map(({ id }) => id),
    );
  }
  if (common === null || !areOutputsApart(dispatched, common.outputs)) refuseOutputs(nodes);
  return { nodes, groups, ancestors: ancestorsOf(nodes) };
}

function withOverride(step: WorkflowStep, override: StepOverride | undefined): WorkflowStep {
  if (override === undefined || override === "skip") return step;
  return {
    ...step,
    persona: override.persona ?? step.persona,
    personaFrom: override.persona === null ? step.personaFrom : null,
    skills: override.skills ?? step.skills,
    agent: override.agent ?? step.agent,
    model: override.model ?? step.model,
  };
}

function nodeOf(step: WorkflowStep, records: Records, personas: Personas): Node {
  const named = step.personaFrom === null ? step.persona : (records.get(step.personaFrom)?.target ?? null);
  const persona = named === null ? null : (personas.get(named) ?? null);
  const isKnown = named === null || persona !== null;
  return {
    id: step.id,
    step,
    persona,
    task: step.task,
    skills: [...new Set([...(persona?.skills ?? []), ...step.skills])],
    output: step.output ?? persona?.output ?? `${step.id}.md`,
    needs: [],
    planned: [],
    touches: step.touches,
    mutates: step.mutates ?? persona?.mutates ?? false,
    problem: isKnown ? null : `step ${step.id}: unknown persona "${named}": there is no personas/${named}.md`,
    cycle: null,
    isPlaceholder: false,
  };
}

/** The step that is expanded, as one persona does it: the same for every task that a dispatcher gives to that persona. */
function doneBy(step: WorkflowStep, persona: string, personas: Personas, common: Common | null): Node {
  const known = common?.doers.get(step)?.get(persona);
  if (known !== undefined) return known;
  const node = nodeOf({ ...step, persona, personaFrom: null }, new Map(), personas);
  // Whatever else a dispatcher writes is nobody's name, and there is no end to it.
  if (common === null || node.persona === null) return node;
  const doers = common.doers.get(step) ?? new Map<string, Node>();
  common.doers.set(step, doers.set(persona, node));
  return node;
}

// The list of the file itself, where it names nothing that stands for others.
function flatNeeds(needs: readonly string[], groups: ReadonlyMap<string, readonly string[]>): readonly string[] {
  if (groups.size === 0 || !needs.some((it) => groups.has(it))) return needs;
  return needs.flatMap((it) => groups.get(it) ?? [it]);
}

function ancestorsOf(nodes: readonly Node[]): Graph["ancestors"] {
  const known = new Map<string, ReadonlySet<string>>();
  return (id) => {
    const found = known.get(id) ?? before(id, nodes);
    known.set(id, found);
    return found;
  };
}

// None needs one that comes after it: who is needed is known by the time its turn comes.
function before(id: string, nodes: readonly Node[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const node of nodes.toReversed()) {
    if (node.id !== id && !found.has(node.id)) continue;
    for (const need of node.needs) found.add(need);
  }
  return found;
}

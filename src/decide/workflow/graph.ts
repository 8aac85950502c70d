import type { Persona } from "../../board/persona.ts";
import { foldName } from "../../board/portable-name.ts";
import type { Session } from "../../board/session.ts";
import { isSessionOutput, SESSION_OUTPUT } from "../../board/session-output.ts";
import type { StepOverride } from "../../board/task.ts";
import type { DispatchedStep, Workflow, WorkflowStep } from "../../board/workflow.ts";
import type { Ancestors, Graph, Node, Records } from "./node.ts";

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
type Common = { graph: Graph; byId: ReadonlyMap<string, Node>; ofDispatch: WeakMap<object, Graph> };

// Thousands of tasks go through one graph, and each look brings the very objects of the last one. Nobody changes them.
const known = new WeakMap<Workflow, WeakMap<Personas, Common>>();

function commonOf(workflow: Workflow, personas: Personas): Common {
  const ofWorkflow = known.get(workflow) ?? new WeakMap<Personas, Common>();
  known.set(workflow, ofWorkflow);
  const found = ofWorkflow.get(personas);
  if (found !== undefined) return found;
  const graph = makeGraph(workflow, new Map(), personas, {}, null);
  const common = { graph, byId: new Map(graph.nodes.map((it) => [it.id, it])), ofDispatch: new WeakMap() };
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

function dispatchedBy(dispatch: Session | undefined): readonly DispatchedStep[] {
  return dispatch?.state === "done" ? (dispatch.dispatch ?? []) : [];
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
  const groups = new Map<string, readonly string[]>();
  for (const written of workflow.steps) {
    const same =
      written.expand === null && !written.needs.some((it) => groups.has(it)) ? common?.byId.get(written.id) : undefined;
    if (same?.problem === null) {
      nodes.push(same);
      continue;
    }
    const step = withOverride(written, overrides[written.id]);
    const needs = flatNeeds(step.needs, groups);
    if (step.expand === null) {
      nodes.push({ ...nodeOf(step, records, personas), needs, planned: needs });
      continue;
    }
    const made = expanded(step, needs, records, personas);
    nodes.push(...made);
    groups.set(
      step.id,
      made.map(({ id }) => id),
    );
  }
  refuseOutputs(nodes);
  let ancestors: Ancestors | null = null;
  return { nodes, groups, ancestors: () => (ancestors ??= ancestorsOf(nodes)) };
}

// Of two steps with one file each would take away the record of the other, and both would be done again for ever.
function refuseOutputs(nodes: Node[]): void {
  const writers = new Map<string, string>();
  for (const [index, node] of nodes.entries()) {
    if (node.isPlaceholder) continue;
    const { id, output } = node;
    const name = foldName(output);
    const other = writers.get(name);
    if (other === undefined) writers.set(name, id);
    if (node.problem !== null || (other === undefined && isOwnFile(node))) continue;
    const why = other === undefined ? `no session file: expected ${SESSION_OUTPUT}` : `as step ${other} does`;
    nodes[index] = { ...node, problem: `step ${id} would write ${output}, ${why}; give it an \`output\` of its own` };
  }
}

// What the file of the workflow says was checked when it was read.
function isOwnFile({ output, step }: Node): boolean {
  return output === step.output || isSessionOutput(output);
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

function expanded(step: WorkflowStep, needs: readonly string[], records: Records, personas: Personas): Node[] {
  const steps = dispatchedBy(records.get(step.expand ?? ""));
  if (steps.length === 0) {
    return [{ ...nodeOf(step, records, personas), needs, planned: needs, isPlaceholder: true, problem: null }];
  }
  const nodes: Node[] = [];
  const sorted = inOrder(steps);
  const ids = sorted.map((it) => subId(step, it));
  for (const it of sorted) {
    const node = nodeOf({ ...step, persona: it.persona, personaFrom: null }, records, personas);
    const own = it.parallel ? it.needs.map((need) => `${step.id}.${need}`) : nodes.map(({ id }) => id);
    nodes.push({
      ...node,
      id: subId(step, it),
      task: it.task,
      output: `${step.id}/${it.id}.md`,
      touches: it.touches,
      mutates: it.mutates ?? node.mutates,
      problem: node.problem?.replace(`step ${step.id}`, `step ${subId(step, it)}`) ?? null,
      needs: own.length === 0 ? needs : [...needs, ...ids.filter((id) => own.includes(id))],
      planned: needs,
    });
  }
  return nodes;
}

// The list of a persona may name what comes later; what is left over in a circle would wait for ever, and comes last.
function inOrder(steps: readonly DispatchedStep[]): DispatchedStep[] {
  const sorted: DispatchedStep[] = [];
  const left = [...steps];
  while (left.length > 0) {
    const ids = new Set(left.map(({ id }) => id));
    const index = left.findIndex(({ needs }) => !needs.some((it) => ids.has(it)));
    sorted.push(...left.splice(Math.max(index, 0), 1));
  }
  return sorted;
}

function subId(step: WorkflowStep, { id }: DispatchedStep): string {
  return `${step.id}.${id}`;
}

function flatNeeds(needs: readonly string[], groups: ReadonlyMap<string, readonly string[]>): string[] {
  return needs.flatMap((it) => groups.get(it) ?? [it]);
}

function ancestorsOf(nodes: readonly Node[]): Ancestors {
  const ancestors = new Map<string, ReadonlySet<string>>();
  for (const { id, needs } of nodes) {
    const own = new Set(needs);
    for (const need of needs) for (const it of ancestors.get(need) ?? []) own.add(it);
    ancestors.set(id, own);
  }
  return ancestors;
}

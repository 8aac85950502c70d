import type { Persona } from "../../board/persona.ts";
import { foldName } from "../../board/portable-name.ts";
import type { Session } from "../../board/session.ts";
import { isSessionOutput, SESSION_OUTPUT } from "../../board/session-output.ts";
import type { StepOverride } from "../../board/task.ts";
import type { DispatchedStep, Workflow, WorkflowStep } from "../../board/workflow.ts";
import type { Graph, Node, Records } from "./node.ts";

/**
 * The graph of one task: the workflow's steps with what the person changed for this task, the persona that a verdict named,
 * and the steps that a dispatcher wrote. Pure, and total: what cannot be is a problem of its node.
 */
export function graphOf(workflow: Workflow, records: Records, personas: Personas, overrides: Overrides): Graph {
  const rests = restsOn(workflow, records, overrides);
  if (rests === null) return makeGraph(workflow, records, personas, overrides);
  const ofWorkflow = known.get(workflow) ?? new WeakMap<Personas, WeakMap<object, Graph>>();
  known.set(workflow, ofWorkflow);
  const ofPersonas = ofWorkflow.get(personas) ?? new WeakMap<object, Graph>();
  ofWorkflow.set(personas, ofPersonas);
  const graph = ofPersonas.get(rests) ?? makeGraph(workflow, records, personas, overrides);
  ofPersonas.set(rests, graph);
  return graph;
}

type Personas = ReadonlyMap<string, Persona>;
type Overrides = Readonly<Record<string, StepOverride>>;

// Thousands of tasks go through one graph, and each look brings the very objects of the last one. Nobody changes them.
const known = new WeakMap<Workflow, WeakMap<Personas, WeakMap<object, Graph>>>();

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

function makeGraph(workflow: Workflow, records: Records, personas: Personas, overrides: Overrides): Graph {
  const nodes: Node[] = [];
  const groups = new Map<string, readonly string[]>();
  for (const written of workflow.steps) {
    const step = withOverride(written, overrides[written.id]);
    const made = step.expand === null ? [nodeOf(step, records, personas)] : expanded(step, records, personas);
    const needs = flatNeeds(step.needs, groups);
    for (const node of made) {
      const own = made.filter(({ id }) => node.needs.includes(id)).map(({ id }) => id);
      nodes.push({ ...node, needs: [...needs, ...own], planned: needs });
    }
    groups.set(
      step.id,
      made.map(({ id }) => id),
    );
  }
  refuseOutputs(nodes);
  return { nodes, byId: new Map(nodes.map((it) => [it.id, it])), groups, ancestors: ancestorsOf(nodes) };
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

function expanded(step: WorkflowStep, records: Records, personas: Personas): Node[] {
  const steps = dispatchedBy(records.get(step.expand ?? ""));
  if (steps.length === 0) return [{ ...nodeOf(step, records, personas), isPlaceholder: true, problem: null }];
  const nodes: Node[] = [];
  for (const it of inOrder(steps)) {
    const node = nodeOf({ ...step, persona: it.persona, personaFrom: null }, records, personas);
    nodes.push({
      ...node,
      id: subId(step, it),
      task: it.task,
      output: `${step.id}/${it.id}.md`,
      touches: it.touches,
      mutates: it.mutates ?? node.mutates,
      problem: node.problem?.replace(`step ${step.id}`, `step ${subId(step, it)}`) ?? null,
      needs: it.parallel ? it.needs.map((need) => `${step.id}.${need}`) : nodes.map(({ id }) => id),
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

function ancestorsOf(nodes: readonly Node[]): Map<string, ReadonlySet<string>> {
  const ancestors = new Map<string, ReadonlySet<string>>();
  for (const { id, needs } of nodes) {
    const own = new Set(needs);
    for (const need of needs) for (const it of ancestors.get(need) ?? []) own.add(it);
    ancestors.set(id, own);
  }
  return ancestors;
}

import type { Session } from "../../board/session.ts";
import type { DispatchedStep, WorkflowStep } from "../../board/workflow.ts";
import type { Node } from "./node.ts";

/** The steps that a dispatcher wrote; none as long as it is not done. */
export function dispatchedBy(dispatch: Session | undefined): readonly DispatchedStep[] {
  return dispatch?.state === "done" ? (dispatch.dispatch ?? []) : [];
}

/** The nodes of dispatched steps, in place of the step that they expand. `nodeFor`: that step, done by whom one of them names. */
export function nodesOf(
  steps: readonly DispatchedStep[],
  step: WorkflowStep,
  needs: readonly string[],
  nodeFor: (it: DispatchedStep) => Node,
): Node[] {
  const nodes: Node[] = [];
  const sorted = inOrder(steps);
  const ids = sorted.map((it) => subId(step, it));
  for (const it of sorted) {
    const node = nodeFor(it);
    const own = it.parallel ? it.needs.map((need) => `${step.id}.${need}`) : nodes.map(({ id }) => id);
    nodes.push({
      ...node,
      id: subId(step, it),
      task: it.task,
      output: `${step.id}/${it.id}.md`,
      touches: it.touches,
      // A dispatcher may take it away; it cannot give it to a persona that only reads.
      mutates: node.mutates && node.persona?.mutates !== false && it.mutates !== false,
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

import type { Graph, Node } from "./node.ts";
import type { StepStates } from "./situation.ts";

/** What is done again when a finished result is to be changed: the last step that changes files, else the last ones. */
export function resultNodes(states: StepStates, graph: Graph): readonly Node[] {
  const done = graph.nodes.filter(({ id }) => {
    const state = states.get(id);
    return state?.kind === "done" && state.session !== null;
  });
  const last = done.findLast(({ mutates }) => mutates);
  if (last !== undefined) return [last];
  return done.filter(({ id }) => !done.some(({ needs }) => needs.includes(id)));
}

import { oneLine } from "../one-line.ts";
import type { TaskSteps } from "./task-steps.ts";

/**
 * What is to be said of a task whose steps are all over, though none of those that change files was done because of what a
 * person left out; null where there is nothing to say. `isWanted`: the person named those very steps.
 */
export function unbuilt({ graph, states, records }: TaskSteps): { line: string; isWanted: boolean } | null {
  const left: string[] = [];
  let lost: string | null = null;
  for (const { id, mutates, isPlaceholder } of graph.nodes) {
    if (!mutates && !isPlaceholder) continue;
    const state = states.get(id);
    if (state?.kind !== "skipped" || records.get(id)?.state === "done") return null;
    if (state.by === "person") left.push(id);
    if (state.lacks !== null) lost ??= `step ${id} needs the verdict of ${state.lacks}, which \`override:\` skips`;
  }
  if (lost !== null) return { line: oneLine(`nothing was built: ${lost}`), isWanted: false };
  if (left.length === 0) return null;
  return { line: oneLine(`nothing was built: \`override:\` skips ${left.join(", ")}`), isWanted: true };
}

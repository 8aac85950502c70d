import type { Session } from "../../board/session.ts";
import { BOUND_TO_COMMIT } from "../../board/verdict-kind.ts";
import { findNode, type Graph, type Node } from "./node.ts";
import type { Situation } from "./situation.ts";

/** The attempts that a run of this step rests upon: all steps before it, as they are now. */
export function restsUpon(
  node: Node,
  { graph, records }: Pick<Situation, "graph" | "records">,
): Record<string, number> {
  const after: Record<string, number> = {};
  const before = graph.ancestors(node.id);
  for (const other of graph.nodes) {
    const attempt = before.has(other.id) ? records.get(other.id)?.attempt : undefined;
    // Who changes files goes on from what is there: a mended neighbour is no reason to do it all again.
    if (attempt !== undefined && !(node.mutates && other.mutates)) after[other.id] = attempt;
  }
  return after;
}

/** Whether nothing that a finished run rested upon has changed since. */
export function isFresh(node: Node, record: Session, situation: Situation): boolean {
  const { graph, records } = situation;
  const after = record.after ?? {};
  for (const step in after) {
    const attempt = after[step];
    const now = records.get(step)?.attempt ?? attempt;
    if (now === attempt || !isBefore(step, node, graph)) continue;
    if (!node.mutates || findNode(graph, step)?.mutates !== true) return false;
  }
  return situation.tip === null || isOfTip(node, record, situation.tip, situation);
}

/**
 * Whether a review is of what the branch holds. What the steps behind it added is theirs to answer for; what nobody's session
 * file tells of, a person committed, and it is reviewed as well. Where nothing was built before it, it spoke of no branch.
 */
function isOfTip({ id, step }: Node, { commitSha }: Session, tip: string, { graph, records }: Situation): boolean {
  if (!BOUND_TO_COMMIT.has(step.verdicts) || commitSha === null || commitSha === tip) return true;
  const before = graph.ancestors(id);
  let isBuilt = false;
  for (const node of graph.nodes) {
    const work = node.mutates ? records.get(node.id) : undefined;
    if (work === undefined) continue;
    if (before.has(node.id)) isBuilt = true;
    else if (work.state === "running" || work.commitSha === tip || work.startSha === tip) return true;
  }
  return !isBuilt;
}

// Nearly all that changes stands right before it.
function isBefore(step: string, { id, needs }: Node, graph: Graph): boolean {
  return needs.includes(step) || graph.ancestors(id).has(step);
}

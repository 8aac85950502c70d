import { foldName } from "../../board/portable-name.ts";
import { isSessionOutput, SESSION_OUTPUT } from "../../board/session-output.ts";
import type { Graph, Node } from "./node.ts";

/**
 * Refuses the steps that would write what another does, or what is no session file. Of two steps with one file each would take
 * away the record of the other, and both would be done again for ever.
 */
export function refuseOutputs(nodes: Node[]): void {
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

/** The files of the steps of a graph, as `foldName` has them; null where one may not be written. */
export function outputsOf({ nodes }: Graph): ReadonlySet<string> | null {
  if (nodes.some(({ problem }) => problem !== null)) return null;
  return new Set(nodes.filter((it) => !it.isPlaceholder).map(({ output }) => foldName(output)));
}

/** Whether steps of a dispatch may write their files, and no other step writes one of them: all others may as it is. */
export function areOutputsApart(dispatched: readonly Node[], outputs: ReadonlySet<string> | null): boolean {
  if (outputs === null) return false;
  const names = new Set(dispatched.map(({ output }) => foldName(output)));
  if (names.size < dispatched.length || !dispatched.every(isOwnFile)) return false;
  for (const name of names) if (outputs.has(name)) return false;
  return true;
}

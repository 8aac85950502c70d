import type { Doer } from "../choose-agent.ts";
import type { Node } from "./node.ts";

/** Who does a step: its persona with what the step itself says of the agent; nobody's where skills alone do it. */
export function doerOf({ persona, step }: Node): Doer {
  return { id: persona?.id ?? null, agent: step.agent ?? persona?.agent ?? null };
}

import type { Launch, LaunchRequest, Permission } from "../agents/adapter.ts";
import type { ResolvedAgent } from "../agents/resolve-agent.ts";

/** `permission` null: what the persona's work needs. */
type Wish = Omit<LaunchRequest, "command" | "permission"> & { permission: Permission | null };

/**
 * What to start for a step. What the slot says of tools holds, or nothing starts; the list that a persona brings along is
 * for the agents that can keep to it, since shared personas are written for one agent and used with all.
 */
export function launchOf({ adapter, command }: ResolvedAgent, wish: Wish): Launch | { problem: string } {
  const { persona } = wish;
  const permission = wish.permission ?? (persona === null || persona.mutates ? "all" : "read");
  const request: LaunchRequest = { ...wish, permission, command };
  const ofPersona = persona?.tools ?? [];
  if (wish.tools !== null || ofPersona.length === 0) return adapter.launch(request);
  const listed = adapter.launch({ ...request, tools: { allow: ofPersona, deny: [] } });
  return "problem" in listed ? adapter.launch(request) : listed;
}

import { suggest } from "../board/suggest.ts";
import type { AgentAdapter } from "./adapter.ts";
import { AGENTS } from "./agents.ts";

/** An agent as a task, slot or board names it, made out. */
export type ResolvedAgent = {
  adapter: AgentAdapter;
  /** As it is written and counted: the board's own name, or the adapter's. */
  name: string;
  model: string | null;
  command: readonly string[] | null;
};

/** The board's own agents, by name; see `agents:` in the settings. */
export type OwnAgents = Readonly<Record<string, { use: string; command: readonly string[] }>>;

/**
 * Makes out `shell`, `my-llm` or `claude/sonnet` (everything behind the first slash is the model). The board's own
 * definitions go first.
 */
export function resolveAgent(spec: string, own: OwnAgents): ResolvedAgent | { problem: string } {
  const slash = spec.indexOf("/");
  const name = slash === -1 ? spec : spec.slice(0, slash);
  const model = slash === -1 ? null : spec.slice(slash + 1) || null;
  const defined = Object.hasOwn(own, name) ? own[name] : undefined;
  const use = defined?.use ?? name;
  const adapter = AGENTS.get(use);
  if (adapter !== undefined) return { adapter, name, model, command: defined?.command ?? null };
  const names = defined === undefined ? [...Object.keys(own), ...AGENTS.keys()] : [...AGENTS.keys()];
  const guess = suggest(use, names);
  const what = defined === undefined ? `no agent '${use}'` : `agent '${name}' uses '${use}', which does not exist`;
  return { problem: `${what}; ${guess === null ? `known are ${names.join(", ")}` : `did you mean '${guess}'?`}` };
}

import { suggest } from "../board/suggest.ts";
import type { AgentAdapter, AgentProgram } from "./adapter.ts";
import { AGENTS } from "./agents.ts";

/** An agent as a task, slot or board names it, made out. */
export type ResolvedAgent = {
  adapter: AgentAdapter;
  /** As it is written and counted: the board's own name, or the adapter's. */
  name: string;
  model: string | null;
  command: readonly string[] | null;
  /** Null: there is no one program behind it. */
  program: AgentProgram | null;
};

/** The board's own agents, by name; see `agents:` in the settings. */
export type OwnAgents = Readonly<Record<string, { use: string; command: readonly string[] }>>;

/**
 * Makes out `shell`, `my-llm`, `claude/sonnet` (everything behind the first slash is the model) and `acp/gemini`, where a
 * preset of the adapter stands before the model. The board's own definitions go first.
 */
export function resolveAgent(spec: string, own: OwnAgents): ResolvedAgent | { problem: string } {
  const { name, rest } = split(spec);
  const defined = Object.hasOwn(own, name) ? own[name] : undefined;
  if (defined === undefined) return resolveBuiltIn(spec, [...Object.keys(own), ...builtInAgents()]);
  const used = resolveBuiltIn(defined.use, builtInAgents());
  if ("problem" in used) {
    const wrong = used.problem.replace(
      /^no agent '.*?'/,
      `agent '${name}' uses '${defined.use}', which does not exist`,
    );
    return { problem: wrong };
  }
  const command = defined.command.length > 0 ? defined.command : (used.command ?? defined.command);
  return { ...used, name, model: rest ?? used.model, command };
}

/** The names of the agents that this build knows, presets included. */
export function builtInAgents(): readonly string[] {
  return [...AGENTS].flatMap(([id, { presets = {} }]) => [id, ...Object.keys(presets).map((it) => `${id}/${it}`)]);
}

function resolveBuiltIn(spec: string, names: readonly string[]): ResolvedAgent | { problem: string } {
  const { name, rest } = split(spec);
  const adapter = AGENTS.get(name);
  if (adapter === undefined) return unknownAgent(name, names);
  if (adapter.presets === undefined || rest === null) {
    return { adapter, name, model: rest, command: null, program: adapter.program };
  }
  const { name: of, rest: model } = split(rest);
  const preset = Object.hasOwn(adapter.presets, of) ? adapter.presets[of] : undefined;
  return preset === undefined
    ? unknownAgent(`${name}/${of}`, names)
    : { adapter, name: `${name}/${of}`, model, ...preset };
}

function unknownAgent(name: string, names: readonly string[]): { problem: string } {
  const guess = suggest(name, names);
  return {
    problem: `no agent '${name}'; ${guess === null ? `known are ${names.join(", ")}` : `did you mean '${guess}'?`}`,
  };
}

function split(spec: string): { name: string; rest: string | null } {
  const slash = spec.indexOf("/");
  return slash === -1
    ? { name: spec, rest: null }
    : { name: spec.slice(0, slash), rest: spec.slice(slash + 1) || null };
}

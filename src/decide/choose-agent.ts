import type { Session } from "../board/session.ts";
import { didYouMean } from "../board/suggest.ts";
import type { Task } from "../board/task.ts";
import type { SlotSettings } from "../config/settings.ts";
import type { ActiveBoard } from "./board-index.ts";
import { oneLine } from "./one-line.ts";

/** Why no run is given to an agent, and when it is to be asked again; null: not by the clock. */
export type Parked = { reason: string; until: number | null };

/** Agents that no run is given for now, by `parkKey`. */
export type ParkedAgents = ReadonlyMap<string, Parked>;

/** Who does a step, as far as the choice of slot and agent goes: a persona, or nobody in particular. */
export type Doer = { id: string | null; agent: string | null };

export type AgentChoice = { agent: string } | { problem: string };

/**
 * The agents that may run this step in this slot, in the order in which they are tried. A pin has no second choice: empty
 * when the slot has agents of its own and the pinned one is not among them.
 */
export function agentChain(task: Task, doer: Doer, slot: SlotSettings, board: ActiveBoard): readonly string[] {
  if (task.agent !== null) return pinnedChain(task.agent, slot);
  if (doer.agent !== null) return [doer.agent];
  return slot.agents !== null && slot.agents.length > 0 ? slot.agents : [board.settings.agent];
}

function pinnedChain(pin: string, { agents }: SlotSettings): readonly string[] {
  if (agents === null || agents.length === 0 || agents.includes(pin)) return [pin];
  // `claude` is met by `claude/sonnet`, and `claude/opus` where the slot leaves the model open.
  if (pin === agentName(pin)) return agents.filter((it) => agentName(it) === pin);
  return agents.includes(agentName(pin)) ? [pin] : [];
}

/** An agent and the account it works with: what one account may not do, another may. */
export function parkKey(agent: string, home: string | null): string {
  return home === null ? agent : `${agent}@${home}`;
}

/** The first usable agent of the chain, after the one that `failed` if there is such a run; or what is wrong with each. */
export function chooseAgent(
  chain: readonly string[],
  failed: Session | null,
  board: ActiveBoard,
  parked: ParkedAgents,
  { home }: Pick<SlotSettings, "home">,
): AgentChoice {
  const problems: string[] = [];
  for (const agent of chain.slice(failed === null ? 0 : indexOfAgent(chain, failed) + 1)) {
    const problem = problemOf(agent, board, parked, home);
    if (problem === null) return { agent };
    problems.push(problem);
  }
  return { problem: problems.length === 0 ? "no other agent is left to try" : oneLine(problems.join("; ")) };
}

/** The name of an agent as written: `claude` of `claude/sonnet`, and `acp/gemini` of `acp/gemini/gemini-2.5-pro`. */
export function agentName(agent: string): string {
  return /^(?:acp\/)?[^/]*/.exec(agent)?.[0] ?? agent;
}

function problemOf(agent: string, board: ActiveBoard, parked: ParkedAgents, home: string | null): string | null {
  const name = agentName(agent);
  const view = board.snapshot.agents.get(agent) ?? board.snapshot.agents.get(name);
  if (view === undefined) return `unknown agent "${agent}"${didYouMean(name, board.snapshot.agents.keys())}`;
  if (view.problem !== null) return `agent "${agent}" cannot be used: ${view.problem}`;
  return (parked.get(parkKey(name, home)) ?? parked.get(parkKey(agent, home)))?.reason ?? null;
}

// A session may name the agent as it was written, or its name and model apart.
function indexOfAgent(chain: readonly string[], { agent, model }: Session): number {
  if (agent === null) return -1;
  const asWritten = chain.indexOf(agent);
  if (asWritten >= 0) return asWritten;
  const withModel = chain.indexOf(`${agent}/${model ?? ""}`);
  if (withModel >= 0) return withModel;
  return chain.findIndex((it) => agentName(it) === agentName(agent));
}

import { AGENTS } from "../agents/agents.ts";
import { type ResolvedAgent, resolveAgent } from "../agents/resolve-agent.ts";
import { didYouMean } from "../board/suggest.ts";
import type { Settings } from "../config/settings.ts";
import type { Effect } from "../decide/action.ts";

/** What a launch starts: the agent it names, or the tool of the board that an earlier verdict names, with its arguments. */
export function agentOf(
  { agent, work }: Pick<Extract<Effect, { kind: "launch" }>, "agent" | "work">,
  { agents, tools }: Pick<Settings, "agents" | "tools">,
): ResolvedAgent | { problem: string } {
  if (work?.action !== "tool") return resolveAgent(agent, agents);
  const name = work.target ?? "";
  const tool = Object.hasOwn(tools, name) ? tools[name] : undefined;
  const adapter = AGENTS.get("command");
  if (tool === undefined || adapter === undefined) return { problem: missingTool(name, Object.keys(tools)) };
  return { adapter, name: "tool", model: null, command: [...tool.command, ...work.args], program: null };
}

/** What is said of a tool that the board does not name. */
export function missingTool(name: string, known: readonly string[]): string {
  const list = known.length === 0 ? "board/board.md names none" : `known: ${known.join(", ")}`;
  return `no tool "${name}" under \`tools:\` in board/board.md${didYouMean(name, known)}; ${list}`;
}

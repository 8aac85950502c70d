import { builtInAgents, resolveAgent } from "../agents/resolve-agent.ts";
import type { Settings } from "../config/settings.ts";
import type { AgentView } from "../decide/snapshot.ts";
import { isOnPath } from "./is-on-path.ts";

/** What is known of agents; valid for these settings until the next sweep. */
export type AgentPart = { settings: Settings | null; views: ReadonlyMap<string, AgentView> };

export function createAgentPart(): AgentPart {
  return { settings: null, views: new Map() };
}

/** The agents that this build and these settings know, each with what keeps it from being used. */
export function updateAgents(part: AgentPart, settings: Settings | null, isSweep: boolean): void {
  if (settings === part.settings && !isSweep && part.views.size > 0) return;
  const own = settings?.agents ?? {};
  const names = new Set([...builtInAgents(), ...Object.keys(own)]);
  part.settings = settings;
  part.views = new Map([...names].map((name) => [name, viewOf(name, own)]));
}

function viewOf(name: string, own: Settings["agents"]): AgentView {
  const agent = resolveAgent(name, own);
  if ("problem" in agent) return { name, problem: agent.problem };
  return { name, problem: problemOf(agent), isFree: agent.adapter.isFree };
}

function problemOf(agent: Exclude<ReturnType<typeof resolveAgent>, { problem: string }>): string | null {
  const launch = agent.adapter.launch({ ...ANY_REQUEST, command: agent.command });
  if ("problem" in launch) return launch.problem;
  const missing = [launch.file, ...(launch.needs ?? [])].find((it) => !isOnPath(it));
  return missing === undefined ? null : `binary not found: ${missing}`;
}

// Only the program is of interest.
const ANY_REQUEST = {
  prompt: "-",
  systemPrompt: "",
  taskBody: "```sh\ntrue\n```\n",
  persona: null,
  model: null,
  effort: null,
  maxToolCalls: null,
  tools: null,
  sessionDir: ".session",
  filesDir: "/",
} as const;

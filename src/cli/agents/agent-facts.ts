import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { AgentProgram } from "../../agents/adapter.ts";
import { resolveAgent } from "../../agents/resolve-agent.ts";
import type { Settings } from "../../config/settings.ts";
import { agentName, type Parked } from "../../decide/choose-agent.ts";
import { runCommand } from "../../process/run-command.ts";
import type { BoardReading } from "../read-board.ts";

/** One agent that this build or the settings know, as far as it can be told without asking its provider. */
export type AgentFacts = {
  name: string;
  title: string;
  /** What keeps it from being started; null: nothing that can be seen. */
  problem: string | null;
  /** Slots whose chain names it. */
  slots: readonly string[];
  /** Why nobody is given it for now, by account. */
  parked: readonly Parked[];
  /** Null for those behind which there is no one program. */
  program: ProgramFacts | null;
};

export type ProgramFacts = {
  file: string;
  testedVersion: string;
  /** What it says of itself; null: not asked, or it did not say. */
  version: string | null;
  /** One for each HOME that its slots have. */
  accounts: readonly AccountFacts[];
};

export type AccountFacts = {
  /** As the settings have it; null is the person's own. */
  home: string | null;
  /** Files of a login that are there. */
  logins: readonly string[];
  /** Variables with a key that runs get. */
  keys: readonly string[];
  /** Variables with a key that are set here, and that no run gets. */
  heldBack: readonly string[];
};

type Where = { boardRoot: string; env: Readonly<Record<string, string | undefined>> };

/** What is known of every agent. `isAsked`: each program that is there is asked for its version. */
export async function agentFacts(
  { snapshot, decision }: BoardReading,
  where: Where,
  { isAsked }: { isAsked: boolean },
): Promise<AgentFacts[]> {
  const { settings } = snapshot;
  const facts: AgentFacts[] = [];
  for (const { name, problem } of snapshot.agents.values()) {
    const agent = resolveAgent(name, settings?.agents ?? {});
    if ("problem" in agent) continue;
    const { program } = agent;
    const file = agent.command?.[0] ?? program?.file ?? "";
    const slots = slotsWith(name, settings);
    facts.push({
      name,
      title: agent.adapter.title,
      problem,
      slots: slots.map((it) => it.name),
      parked: [...decision.parked].flatMap(([key, it]) => (nameOf(key) === name ? [it] : [])),
      program:
        program === null
          ? null
          : {
              file,
              testedVersion: program.testedVersion,
              version: isAsked && problem === null ? await versionOf(file, where) : null,
              accounts: accountsOf(program, slots, settings?.agents[name]?.env ?? [], where),
            },
    });
  }
  return facts;
}

function nameOf(parkKey: string): string {
  return agentName(parkKey).split("@")[0] ?? parkKey;
}

function slotsWith(name: string, settings: Settings | null): Settings["slots"] {
  return (settings?.slots ?? []).filter(({ agents }) => {
    const chain = agents === null || agents.length === 0 ? [settings?.agent ?? ""] : agents;
    return chain.some((it) => nameOf(it) === name);
  });
}

function accountsOf(
  program: AgentProgram,
  slots: Settings["slots"],
  ofAgent: readonly string[],
  { boardRoot, env }: Where,
): AccountFacts[] {
  const homes = new Set(slots.length === 0 ? [null] : slots.map(({ home }) => home));
  return [...homes].map((home) => {
    const path = home === null ? (env["HOME"] ?? "") : isAbsolute(home) ? home : join(boardRoot, home);
    const allowed = new Set([...ofAgent, ...slots.filter((it) => it.home === home).flatMap((it) => it.env)]);
    const set = program.keys.filter((it) => (env[it] ?? "") !== "");
    return {
      home,
      logins: program.logins.filter((it) => existsSync(join(path, it))),
      keys: set.filter((it) => allowed.has(it)),
      heldBack: set.filter((it) => !allowed.has(it)),
    };
  });
}

const VERSION_MS = 20_000;

async function versionOf(file: string, { boardRoot, env }: Where): Promise<string | null> {
  const inherited = { PATH: env["PATH"] ?? "", HOME: env["HOME"] ?? "", NO_COLOR: "1" };
  const request = { file, args: ["--version"], cwd: boardRoot, env: inherited, stdin: "", timeoutMs: VERSION_MS };
  try {
    return /\d+\.\d+\.\d+[\w.-]*/.exec((await runCommand(request)).stdout)?.[0] ?? null;
  } catch {
    return null;
  }
}

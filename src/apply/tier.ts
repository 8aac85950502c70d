import type { AgentProgram } from "../agents/adapter.ts";
import type { Sandbox, SlotSettings } from "../config/settings.ts";
import { whyNoBwrap } from "../process/bwrap.ts";
import { whyNoSrt } from "../process/srt.ts";
import type { World } from "./world.ts";

/** What stands between a run and the machine. `cli`: the agent's own sandbox, which holds for what the model does. */
export type Tier = Exclude<Sandbox, "auto">;

/**
 * The sandbox that a run gets: the one that its slot or the board asks for. `auto` takes the best that works here: bwrap, srt,
 * the agent's own, none. One that is asked for by name and does not work is a problem, never silently another.
 */
export async function tierOf(
  world: World,
  slot: SlotSettings | null,
  program: AgentProgram | null,
): Promise<Tier | { problem: string }> {
  const wish = slot?.sandbox ?? world.settings().sandbox;
  if (wish === "none") return "none";
  if (wish === "cli") return program?.hasOwnSandbox === true ? "cli" : noOwnSandbox(program);
  if (wish !== "srt") {
    const problem = await ask(world, "bwrap");
    if (problem === null) return "bwrap";
    if (wish === "bwrap") return notHere("bwrap", problem, "install bubblewrap");
  }
  const problem = await ask(world, "srt");
  if (problem === null) return "srt";
  if (wish === "srt") return notHere("srt", problem, "install @anthropic-ai/sandbox-runtime and what it needs");
  return program?.hasOwnSandbox === true ? "cli" : "none";
}

/** The sandbox of the board's own commands, which no agent's program stands around. */
export async function tierOfCommands(world: World, slot: SlotSettings | null): Promise<Tier | { problem: string }> {
  const wish = slot?.sandbox ?? world.settings().sandbox;
  return wish === "cli" ? "none" : await tierOf(world, slot, null);
}

function notHere(tier: Tier, problem: string, help: string): { problem: string } {
  return { problem: `sandbox: ${tier} does not work here: ${problem}; ${help}, or set \`sandbox: auto\`` };
}

function noOwnSandbox(program: AgentProgram | null): { problem: string } {
  const who = program === null ? "this agent" : program.file;
  return { problem: `sandbox: cli does not work here: ${who} has no sandbox of its own; set \`sandbox: auto\`` };
}

const ASKED = { bwrap: whyNoBwrap, srt: whyNoSrt };

// Asked once in the life of a daemon: a machine does not change its mind.
const ANSWERS = new WeakMap<object, Map<keyof typeof ASKED, Promise<string | null>>>();

async function ask({ boardRepo }: World, tier: keyof typeof ASKED): Promise<string | null> {
  const known = ANSWERS.get(boardRepo) ?? new Map<keyof typeof ASKED, Promise<string | null>>();
  ANSWERS.set(boardRepo, known);
  const answer = known.get(tier) ?? ASKED[tier]();
  known.set(tier, answer);
  return await answer;
}

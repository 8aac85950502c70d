import type { AgentProgram } from "../agents/adapter.ts";
import type { Sandbox, SlotSettings } from "../config/settings.ts";
import type { Probe } from "../process/box.ts";
import { probeBwrap } from "../process/bwrap.ts";
import { probeSrt } from "../process/srt.ts";
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
  const found = await chooseTier(wish, program?.hasOwnSandbox === true, async (tier) => await ask(world, tier));
  if (found.tier !== null) return found.tier;
  return wish === "cli" ? noOwnSandbox(program) : notHere(wish, found.problem ?? "");
}

/** The same, with what stands in the way of anything better; `whyNot` says of a tier why it does not work here. */
export async function chooseTier(
  wish: Sandbox,
  hasOwn: boolean,
  whyNot: (tier: ProbedTier) => Promise<string | null>,
): Promise<{ tier: Tier | null; problem: string | null }> {
  if (wish === "none") return { tier: "none", problem: null };
  if (wish === "cli") return { tier: hasOwn ? "cli" : null, problem: hasOwn ? null : "it has no sandbox of its own" };
  const bwrap = wish === "srt" ? null : await whyNot("bwrap");
  if (wish !== "srt" && bwrap === null) return { tier: "bwrap", problem: null };
  if (wish === "bwrap") return { tier: null, problem: bwrap };
  const srt = await whyNot("srt");
  if (srt === null) return { tier: "srt", problem: bwrap };
  if (wish === "srt") return { tier: null, problem: srt };
  return { tier: hasOwn ? "cli" : "none", problem: [bwrap, srt].filter((it) => it !== null).join("; ") };
}

/** The sandbox of the board's own commands, which no agent's program stands around. */
export async function tierOfCommands(world: World, slot: SlotSettings | null): Promise<Tier | { problem: string }> {
  const wish = slot?.sandbox ?? world.settings().sandbox;
  return wish === "cli" ? "none" : await tierOf(world, slot, null);
}

function notHere(wish: Sandbox, problem: string): { problem: string } {
  const help = wish === "srt" ? "install @anthropic-ai/sandbox-runtime and what it needs" : "install bubblewrap";
  return { problem: `sandbox: ${wish} does not work here: ${problem}; ${help}, or set \`sandbox: auto\`` };
}

function noOwnSandbox(program: AgentProgram | null): { problem: string } {
  const who = program === null ? "this agent" : program.file;
  return { problem: `sandbox: cli does not work here: ${who} has no sandbox of its own; set \`sandbox: auto\`` };
}

/** Tiers of which only a try tells whether they work. */
export type ProbedTier = "bwrap" | "srt";

const PROBES: Readonly<Record<ProbedTier, () => Promise<Probe>>> = { bwrap: probeBwrap, srt: probeSrt };

/** Why a tier does not work here; null when it does. Starts a short process. */
export async function whyNot(tier: ProbedTier): Promise<string | null> {
  return (await PROBES[tier]()).problem;
}

// Asked once in the life of a daemon: a machine does not change its mind. One that gave no answer is asked again.
const ANSWERS = new WeakMap<object, Map<ProbedTier, Promise<Probe>>>();

async function ask({ boardRepo, log }: World, tier: ProbedTier): Promise<string | null> {
  const known = ANSWERS.get(boardRepo) ?? new Map<ProbedTier, Promise<Probe>>();
  ANSWERS.set(boardRepo, known);
  const answer = known.get(tier) ?? PROBES[tier]().then(async (it) => (it.isSure ? it : await PROBES[tier]()));
  known.set(tier, answer);
  const { problem, isSure } = await answer;
  if (!isSure) known.delete(tier);
  if (problem !== null) log.warn({ tier, problem }, "a sandbox does not work here");
  return problem;
}

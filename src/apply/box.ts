import { join } from "node:path";
import type { SlotSettings } from "../config/settings.ts";
import { agentFilesDir } from "../process/run-folder.ts";
import { boxed, whyNoBox } from "../process/sandbox.ts";
import { runsDirOf, type World } from "./world.ts";

export type Tier = "bwrap" | "none";

/**
 * The sandbox that a run gets: the one that its slot or the board asks for. `auto` takes the best that works here; one that is
 * asked for by name and does not work is a problem, never silently another.
 */
export async function tierOf(world: World, slot: SlotSettings | null): Promise<Tier | { problem: string }> {
  const wish = slot?.sandbox ?? world.settings().sandbox;
  if (wish === "none") return "none";
  const problem = await probe(world);
  if (problem === null) return "bwrap";
  if (wish === "auto") return "none";
  return { problem: `sandbox: bwrap does not work here: ${problem}; install bubblewrap, or set \`sandbox: auto\`` };
}

// Asked once in the life of a daemon: a machine does not change its mind.
const PROBES = new WeakMap<object, Promise<string | null>>();

async function probe({ boardRepo }: World): Promise<string | null> {
  const known = PROBES.get(boardRepo) ?? whyNoBox();
  PROBES.set(boardRepo, known);
  return await known;
}

/** The command of a run as it is started in its tier. */
export function inBox(
  world: World,
  run: {
    tier: Tier;
    runId: string;
    worktree: string;
    slot: SlotSettings | null;
    env: Readonly<Record<string, string>>;
    file: string;
    args: readonly string[];
    /** What the agent's program keeps in its HOME. */
    keeps: readonly string[];
    needs?: readonly string[];
  },
): { file: string; args: readonly string[] } {
  const { tier, runId, worktree, slot, env, file, args, keeps, needs = [] } = run;
  if (tier === "none") return { file, args };
  const home = env["HOME"] ?? "/root";
  const box = {
    worktree,
    // Git may be asked, and nothing of it changed; of other runs nothing is seen but what is there to be read anyway.
    readable: [
      ...new Set([world.codeRepo.commonDir, world.boardRepo.commonDir]),
      agentFilesDir(runsDirOf(world), runId),
    ],
    writable: slot?.home == null ? keeps.map((it) => join(home, it)) : [home],
    home: slot?.home == null ? home : (process.env["HOME"] ?? home),
    needs,
    env,
  };
  return boxed(box, file, args);
}

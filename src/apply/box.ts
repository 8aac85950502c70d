import { join } from "node:path";
import type { AgentProgram } from "../agents/adapter.ts";
import type { SlotSettings } from "../config/settings.ts";
import { blobSha } from "../files/blob-sha.ts";
import { type Box, type Boxed, realPath } from "../process/box.ts";
import { inBwrap } from "../process/bwrap.ts";
import { agentFilesDir } from "../process/run-folder.ts";
import { inSrt, SRT_GHOSTS } from "../process/srt.ts";
import { quoteForShell } from "./quote-for-shell.ts";
import { type CopiedFile, isBoxed } from "./run-facts.ts";
import type { Tier } from "./tier.ts";
import { runsDirOf, type World } from "./world.ts";

/** A run as far as its box is concerned. */
export type BoxedRun = {
  tier: Tier;
  runId: string;
  worktree: string;
  slot: SlotSettings | null;
  env: Readonly<Record<string, string>>;
  file: string;
  args: readonly string[];
  /** What is known of the agent; null: a program of which nothing is. */
  program: AgentProgram | null;
  needs?: readonly string[];
};

/** The command of a run as it is started in its tier, with the files and variables that go with it. */
export function inBox(world: World, run: BoxedRun): Boxed {
  const { tier, runId, worktree, slot, env, file, args, program, needs = [] } = run;
  if (tier === "none" || tier === "cli") return { file, args, files: [], env: {} };
  const home = env["HOME"] ?? "/root";
  const filesDir = agentFilesDir(runsDirOf(world), runId);
  const keeps = program?.keeps ?? [];
  const box: Box = {
    worktree,
    // Git may be asked, and nothing of it changed; of other runs nothing is seen but what is there to be read anyway.
    readable: [...new Set([world.codeRepo.commonDir, world.boardRepo.commonDir]), filesDir],
    writable: slot?.home == null ? keeps.map((it) => join(home, it)) : [home],
    home: slot?.home == null ? home : (process.env["HOME"] ?? home),
    needs,
    domains: domainsOf(world, program),
    env,
  };
  const boxed = tier === "srt" ? inSrt(box, filesDir, file, args) : inBwrap(box, file, args);
  // A link to HOME may lie in a folder that is out of sight.
  return { ...boxed, env: { ...boxed.env, HOME: realPath(home) } };
}

/**
 * The set-up of a run in the box of the run: what it runs an agent may have written, in this attempt or in one before. The
 * script itself lies with the files of the run.
 */
export function setupInBox(
  world: World,
  run: BoxedRun,
  setup: string | null,
): { setup: string | null; files: readonly { name: string; text: string }[] } {
  if (setup === null || !isBoxed({ sandbox: run.tier })) return { setup, files: [] };
  const path = join(agentFilesDir(runsDirOf(world), run.runId), SETUP);
  const { file, args } = inBox(world, { ...run, file: "sh", args: [path] });
  return { setup: `exec ${[file, ...args].map(quoteForShell).join(" ")}\n`, files: [{ name: SETUP, text: setup }] };
}

const SETUP = "setup.sh";

/** Files that a sandbox may leave behind in the worktree when it is killed: no work of the agent. */
export function ghostsOf({ codeRepo }: World, tier: Tier): readonly CopiedFile[] {
  const blob = blobSha(new Uint8Array(), codeRepo.objectFormat);
  return tier === "srt" ? SRT_GHOSTS.map((path) => ({ path, blob })) : [];
}

/** The hosts that a run may speak to where its sandbox has a say in it: what the agent needs, and what the board adds. */
export function domainsOf(world: World, program: AgentProgram | null): readonly string[] {
  return [...(program?.domains ?? []), ...world.settings().domains];
}

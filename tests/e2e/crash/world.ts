import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gitAt, writeFiles } from "../../helpers/git-repo.ts";
import { processesOf } from "../../helpers/live-board.ts";
import { MAIN, runKanband } from "../../helpers/run-kanband.ts";
import { laneFiles } from "./read-world.ts";
import type { Act, Scenario } from "./scenario.ts";

/** One repository with a board in the middle of a scenario, and the person who acts on it. */
export type World = { root: string; scenario: Scenario; acts: Act[]; output: string; stuckMs: number };

/** Longest time in which nothing at all may happen on a board that is not settled. */
const STUCK_MS = Number(process.env["KANBAND_STUCK"] ?? 60_000);

/** A repository in which the scenario is about to begin; copied for each world. */
export async function makeTemplate(scenario: Scenario): Promise<string> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "kanband-crash-")));
  const git = gitAt(root);
  await git("init", "--quiet", "--initial-branch=main");
  for (const [key, value] of [
    ["gc.auto", "0"],
    ["maintenance.auto", "false"],
    ["user.name", "Test"],
    ["user.email", "test@example.invalid"],
  ] as const) {
    await git("config", key, value);
  }
  writeFiles(root, { "src/app.txt": "one\n", ".gitignore": ".env\n", ".env": "SECRET=1\n" });
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "Seed");
  await runKanband(root, ["init"]);
  writeFiles(root, { "board/board.md": `---\n${scenario.settings}\n---\n` });
  for (const [id, text] of Object.entries(scenario.tasks)) writeFiles(root, { [`board/planned/${id}.md`]: text });
  await git("add", "--all");
  await git("commit", "--quiet", "--message", "Set the board up");
  return root;
}

/** A copy of its own. */
export function makeWorld(template: string, scenario: Scenario): World {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "kanband-crash-")));
  cpSync(template, root, { recursive: true, verbatimSymlinks: true });
  return { root, scenario, acts: scenario.acts(), output: "", stuckMs: STUCK_MS };
}

/** Ends what is left of it and removes it. */
export async function endWorld({ root }: World): Promise<void> {
  for (let tries = 0; processesOf(root).length > 0 && tries < 200; tries++) {
    for (const pid of processesOf(root)) killIfThere(pid);
    await sleep(20);
  }
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
}

export type LegEnd = { state: "died" | "settled" | "stuck" | "ended"; exitCode: number | null };

/**
 * One daemon, from its start to its death, or until the scenario has come to its end (then it is asked to end). The person
 * acts meanwhile.
 */
export async function runLeg(
  world: World,
  {
    failpoints = "",
    main = MAIN,
    killAfterMs = null,
  }: { failpoints?: string; main?: string; killAfterMs?: number | null } = {},
): Promise<LegEnd> {
  const child = spawnDaemon(world, main, ["up"], failpoints);
  const ended = exitOf(child);
  const startedAt = Date.now();
  let state: LegEnd["state"] = "ended";
  let stamp = "";
  let changedAt = Date.now();
  while (child.exitCode === null && child.signalCode === null) {
    act(world);
    if (isSettled(world)) {
      state = "settled";
      child.kill("SIGTERM");
      break;
    }
    const now = Date.now();
    const current = `${lanesOf(world)} ${world.output.length}`;
    if (current !== stamp) [stamp, changedAt] = [current, now];
    if (now - changedAt > world.stuckMs) {
      state = "stuck";
      child.kill("SIGKILL");
      break;
    }
    if (killAfterMs !== null && now - startedAt > killAfterMs) child.kill("SIGKILL");
    await sleep(15);
  }
  const exitCode = await ended;
  if (state !== "stuck" && child.signalCode === "SIGKILL") state = "died";
  return { state, exitCode };
}

/** The last word: a daemon that finds nothing left to do and ends by itself. Null: it did; else what was wrong. */
export async function runUntilIdle(world: World, main: string = MAIN): Promise<string | null> {
  const child = spawnDaemon(world, main, ["up", "--until-idle"], "");
  const giveUp = setTimeout(() => child.kill("SIGKILL"), world.stuckMs);
  const code = await exitOf(child);
  clearTimeout(giveUp);
  return code === 0 ? null : `up --until-idle ended with ${code}: ${world.output.slice(-2_000)}`;
}

/** Lanes of all tasks, acts still to be done: for a message. */
export function describeWorld(world: World): string {
  const acts = world.acts.map(({ name }) => name).join(", ");
  return `${lanesOf(world)}; to be done by the person: ${acts || "nothing"}; runs: ${runsOf(world).join(", ") || "none"}`;
}

function isSettled(world: World): boolean {
  if (world.acts.length > 0 || runsOf(world).length > 0) return false;
  return Object.entries(world.scenario.ends).every(([id, lane]) => {
    const path = `board/${lane}/${id}.md`;
    if (laneFiles(world.root, id).join() !== path) return false;
    const text = readIfThere(join(world.root, path));
    return text !== null && !/^assigned:/m.test(text) && !(lane === "done" && /^branch:/m.test(text));
  });
}

function act(world: World): void {
  world.acts = world.acts.filter((it) => {
    try {
      return !it.tryIt(world.root);
    } catch (error) {
      // The daemon moved the file at that very moment: a person looks again.
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return true;
      throw error;
    }
  });
}

function spawnDaemon(world: World, main: string, args: string[], failpoints: string): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: world.root,
    env: { ...process.env, KANBAND_FAILPOINTS: failpoints },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.on("data", (chunk: Buffer) => (world.output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (world.output += chunk.toString()));
  return child;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  return await new Promise((resolve) => child.once("close", (code) => resolve(code)));
}

function lanesOf({ root, scenario }: World): string {
  return Object.keys(scenario.tasks)
    .map((id) => laneFiles(root, id).join("+") || `${id}: none`)
    .join(" ");
}

function runsOf({ root }: World): string[] {
  const folder = join(root, ".git/kanband/runs");
  return existsSync(folder) ? readdirSync(folder) : [];
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself meanwhile.
  }
}

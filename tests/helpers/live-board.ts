import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { LANES, type Lane } from "../../src/board/lane.ts";
import { type Files, type Git, gitAt, tempFolder } from "./git-repo.ts";
import { copyOfBoard, newBoard } from "./new-board.ts";
import { exitOf, MAIN } from "./run-kanband.ts";

const PROJECT = new URL("../..", import.meta.url).pathname;

/** A repository with a board, and a person's hands: nothing here knows how the daemon works. */
export type LiveBoard = {
  root: string;
  /** The folder that holds board/, personas/ and sessions/. */
  boardRoot: string;
  git: Git;
  /** Path of a task file, wherever it lies; null when there is none. */
  find(id: string): string | null;
  lane(id: string): Lane | null;
  /** All lanes in which files of this id lie. */
  lanes(id: string): Lane[];
  read(path: string): string;
  write(path: string, text: string): void;
  /** `mv` of a task file to another lane. */
  mv(id: string, lane: Lane): void;
  start(options?: StartOptions): Promise<Daemon>;
};

export type StartOptions = {
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Another program than the CLI, given the repository as its argument. */
  program?: string;
  /** Resolve although the daemon is not ready (it may be made to die on the way). */
  isDoomed?: boolean;
};

export type Daemon = {
  pid: number;
  output(): string;
  /** Resolves with the exit code, or null after a signal. */
  ended: Promise<number | null>;
  kill(signal?: NodeJS.Signals): void;
  /** SIGTERM, then waits. */
  stop(): Promise<number | null>;
};

export type LiveBoardOptions = { settings?: string; files?: Files; layout?: "inline" | "own-branch" };

const SETTINGS = "agent: shell\ngrace: 1s\nretry: { limit: 2, base: 100ms, max: 1s }\n";

/** Makes the repository: code on main, a board with every lane, one persona; removed with its processes when the test ends. */
export async function liveBoard(options: LiveBoardOptions = {}): Promise<LiveBoard> {
  const layout = options.layout ?? "inline";
  const root = tempFolder();
  copyOfBoard(await newBoard(layout), root);
  const git = gitAt(root);
  const boardRoot = layout === "inline" ? root : join(root, "kanban");
  const boardGit = gitAt(boardRoot);
  writeFileSync(join(boardRoot, "board/board.md"), `---\n${options.settings ?? SETTINGS}---\n`);
  for (const [path, text] of Object.entries(options.files ?? {})) write(boardRoot, path, text);
  await boardGit("add", "--all", "board", "personas", "sessions");
  await boardGit("commit", "--quiet", "--allow-empty", "--message", "Set the board up");

  const board: LiveBoard = {
    root,
    boardRoot,
    git,
    find: (id) => findTask(boardRoot, id)[0] ?? null,
    lane: (id) => laneOf(findTask(boardRoot, id)[0]),
    lanes: (id) => findTask(boardRoot, id).flatMap((path) => laneOf(path) ?? []),
    read: (path) => readFileSync(join(boardRoot, path), "utf8"),
    write: (path, text) => write(boardRoot, path, text),
    mv(id, lane) {
      const from = findTask(boardRoot, id)[0];
      if (from === undefined) throw new Error(`no task ${id}`);
      renameSync(join(boardRoot, from), join(boardRoot, "board", lane, `${id}.md`));
    },
    start: async (start = {}) => await startDaemon(root, start),
  };
  onTestFinished(async () => await endProcessesOf(root));
  return board;
}

/** A task for the shell agent. */
export function shellTask(script: string, keys = ""): string {
  return `---\n${keys}---\n# A task\n\n\`\`\`sh\n${script}\n\`\`\`\n`;
}

/** Waits until `condition` gives something true; the error names what was waited for and `state()`. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  { withinMs = 20_000, state = () => "" }: { withinMs?: number; state?: () => string | Promise<string> } = {},
): Promise<NonNullable<T>> {
  const startedAt = Date.now();
  for (;;) {
    const askedAt = Date.now();
    const value = await orMissing(condition);
    if (value !== null && value !== undefined && value !== false) return value;
    if (Date.now() - startedAt > withinMs) throw new Error(`waited in vain: ${what}\n${await state()}`);
    // What takes a process to ask must not take the time of what is waited for.
    await sleep(Math.min(300, Math.max(20, 3 * (Date.now() - askedAt))));
  }
}

// While the daemon edits a file there is an instant at which its name stands for nothing.
async function orMissing<T>(condition: () => T | Promise<T>): Promise<T | null> {
  try {
    return await condition();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** Processes with the run tag of any run of this repository, or with their folder below it: pids. */
export function processesOf(root: string): number[] {
  const found: number[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    const cwd = linkOf(`/proc/${name}/cwd`);
    if (cwd !== null && (cwd === root || cwd.startsWith(`${root}/`))) found.push(Number(name));
  }
  return found;
}

/** A daemon whose watcher doubles, reorders, delays, drops and invents events. */
export const NOISY_WATCHER = join(PROJECT, "tests/fixtures/daemon/noisy-watcher.mjs");

/** How to start a daemon that hears nothing, or nothing but noise: `npm run campaign` runs whole suites with these. */
const WATCHERS: Readonly<Record<string, StartOptions>> = {
  silent: { args: ["--poll", "500ms"] },
  noisy: { program: NOISY_WATCHER },
};

async function startDaemon(root: string, asked: StartOptions): Promise<Daemon> {
  const options = { ...WATCHERS[process.env["KANBAND_WATCHER"] ?? ""], ...asked };
  const args = options.program === undefined ? [MAIN, "up", ...(options.args ?? [])] : [options.program, root];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error("the daemon did not start");
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = exitOf(child);
  const daemon: Daemon = {
    pid,
    output: () => output,
    ended,
    kill: (signal = "SIGKILL") => void child.kill(signal),
    stop: async () => {
      child.kill("SIGTERM");
      return await ended;
    },
  };
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  if (options.isDoomed === true) return daemon;
  const ready = join(root, ".git", "kanband", "ready.json");
  await until("the daemon is ready", () => child.exitCode !== null || isReady(ready, pid), { state: () => output });
  if (child.exitCode !== null) throw new Error(`the daemon ended with ${child.exitCode}:\n${output}`);
  return daemon;
}

function isReady(path: string, pid: number): boolean {
  return existsSync(path) && readFileSync(path, "utf8").includes(`"pid":${pid},`);
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function findTask(boardRoot: string, id: string): string[] {
  return LANES.flatMap((lane) => findBelow(boardRoot, join("board", lane), `${id}.md`));
}

function findBelow(root: string, dir: string, name: string): string[] {
  if (!existsSync(join(root, dir))) return [];
  return readdirSync(join(root, dir)).flatMap((entry) => {
    const path = join(dir, entry);
    if (entry === name) return [path];
    const isFolder = statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === true;
    return isFolder ? findBelow(root, path, name) : [];
  });
}

function laneOf(path: string | undefined): Lane | null {
  return LANES.find((lane) => path?.split("/")[1] === lane) ?? null;
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

async function endProcessesOf(root: string): Promise<void> {
  for (const pid of processesOf(root)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
  await until("no process is left", () => processesOf(root).length === 0);
}

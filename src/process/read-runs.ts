import type { Stats } from "node:fs";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { Identity } from "./identity.ts";
import { isAlive, ownMachine } from "./identity.ts";
import { isHiddenName, RUN_FILES, VOID } from "./run-folder.ts";
import type { StartedRun } from "./start-run.ts";

/** How a run ended, as far as anybody saw. */
export type RunExit = {
  /** As a shell reports it; null when nobody was left to see it. */
  code: number | null;
  /** A status above 128 means this signal. A shell cannot tell it from a program that exits with that number itself. */
  signal: string | null;
  setupFailed: boolean;
  /**
   * exit: by itself; setup: the setup script failed, the agent never ran; spawn: the program was not found;
   * wall, output: a cap, kept by the supervisor; stop: killed together with its supervisor when it was to be stopped.
   */
  cause: "exit" | "setup" | "spawn" | "wall" | "output" | "stop";
};

export type RunRecord = {
  runId: string;
  runDir: string;
  /** What `startRun` was given; null when it cannot be read. */
  record: unknown;
  /** starting: recorded, its supervisor not seen yet; lost: its supervisor is gone and left no exit record. */
  state: "starting" | "running" | "exited" | "lost";
  identity: Identity | null;
  exit: RunExit | null;
  stop: { reason: string; requestedAt: number } | null;
  cwd: string | null;
  limits: StartedRun["limits"] | null;
  startedAt: number;
  endedAt: number | null;
  stdoutBytes: number;
  stderrBytes: number;
  lastOutputAt: number | null;
};

// A supervisor that has made `started` fills it at once.
const STARTING_MS = 5_000;
// A supervisor kills its group, and itself, right after it has written the exit record.
const ENDING_MS = 2_000;

/** Every run that is recorded, in order of their ids. Voided runs are none. Reads only; costs a few system calls a run. */
export function readRuns(runsDir: string): RunRecord[] {
  const names = namesIn(runsDir).filter((name) => !isHiddenName(name));
  return names.toSorted().flatMap((name) => readRun(join(runsDir, name), name) ?? []);
}

/** One run by its folder; null when there is none. */
export function readRun(runDir: string, runId: string): RunRecord | null {
  const folder = statOf(runDir);
  const names = new Set(namesIn(runDir));
  const read = (name: string): string | null => (names.has(name) ? readText(join(runDir, name)) : null);
  const started = read(RUN_FILES.started);
  if (folder === null || !folder.isDirectory() || started === VOID) return null;
  const known = parseStarted(read(RUN_FILES.record));
  const identity = parseIdentity(started, known ?? ownMachine());
  const isSupervised = identity !== null && isAlive(identity);
  const stop = parseStop(read(RUN_FILES.stop));
  const [stdout, stderr, setup] = [RUN_FILES.stdout, RUN_FILES.stderr, RUN_FILES.setupOutput].map((name) =>
    names.has(name) ? statOf(join(runDir, name)) : null,
  ) as [Stats | null, Stats | null, Stats | null];
  // A supervisor that ended between the two looks has left its record by the second.
  const end = readExit(runDir, names) ?? (isSupervised || started === null ? null : readExit(runDir, namesIn(runDir)));
  const state = stateOf({ started, identity, isSupervised, isStopping: stop !== null, end, folder });
  const exit = state === "exited" ? (end?.exit ?? KILLED) : null;
  const isOver = exit?.cause === "exit" && capExceeded(known, stdout, stderr);
  return {
    runId,
    runDir,
    record: known?.record ?? null,
    state,
    identity,
    exit: exit !== null && isOver ? { ...exit, cause: "output" } : exit,
    stop,
    cwd: known?.cwd ?? null,
    limits: known?.limits ?? null,
    startedAt: known?.startedAt ?? Math.floor(folder.mtimeMs),
    endedAt: state === "exited" ? (end?.at ?? Math.floor(folder.mtimeMs)) : null,
    stdoutBytes: stdout?.size ?? 0,
    stderrBytes: stderr?.size ?? 0,
    lastOutputAt: lastChange(stdout, stderr, setup),
  };
}

type Facts = {
  started: string | null;
  identity: Identity | null;
  isSupervised: boolean;
  isStopping: boolean;
  end: { exit: RunExit; at: number } | null;
  folder: Stats;
};

const KILLED: RunExit = { code: null, signal: "SIGKILL", setupFailed: false, cause: "stop" };

function stateOf({ started, identity, isSupervised, isStopping, end, folder }: Facts): RunRecord["state"] {
  if (end !== null) return isSupervised && Date.now() - end.at < ENDING_MS ? "running" : "exited";
  if (isSupervised) return "running";
  if (started === null) return "starting";
  // Made and not filled yet, unless its maker died in between.
  if (identity === null) return Date.now() - folder.mtimeMs < STARTING_MS ? "starting" : "lost";
  return isStopping ? "exited" : "lost";
}

function readExit(runDir: string, names: Iterable<string>): { exit: RunExit; at: number } | null {
  for (const name of names) {
    const match = /^exit\.(\d+)\.(exit|setup|spawn|wall|output)$/.exec(name);
    if (match === null) continue;
    const code = Number(match[1]);
    const cause = match[2] as RunExit["cause"];
    const at = Math.floor(statOf(join(runDir, name))?.mtimeMs ?? Date.now());
    return { exit: { code, signal: signalOf(code), setupFailed: cause === "setup", cause }, at };
  }
  return null;
}

function signalOf(code: number): string | null {
  if (code <= 128) return null;
  return Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0] ?? null;
}

function parseIdentity(started: string | null, { bootId, host }: { bootId: string; host: string }): Identity | null {
  const match = /^(\d+) (.+)\n$/.exec(started ?? "");
  if (match === null) return null;
  const [, pid, startTime = ""] = match;
  return { pid: Number(pid), startTime: startTime.trim(), bootId, host };
}

function parseStarted(text: string | null): StartedRun | null {
  const value = parseJson(text);
  return typeof value === "object" && value !== null && "runId" in value ? (value as StartedRun) : null;
}

function parseStop(text: string | null): RunRecord["stop"] {
  if (text === null) return null;
  const value = parseJson(text) as Partial<NonNullable<RunRecord["stop"]>> | null;
  return { reason: value?.reason ?? "unknown", requestedAt: value?.requestedAt ?? 0 };
}

function parseJson(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function capExceeded(known: StartedRun | null, ...streams: readonly (Stats | null)[]): boolean {
  return known !== null && streams.some((stat) => (stat?.size ?? 0) > known.limits.outputBytes);
}

function lastChange(...files: readonly (Stats | null)[]): number | null {
  const changes = files.flatMap((stat) => (stat === null || stat.size === 0 ? [] : [stat.mtimeMs]));
  return changes.length === 0 ? null : Math.floor(Math.max(...changes));
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function statOf(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

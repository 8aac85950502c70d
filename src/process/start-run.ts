import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { watchOwnRun } from "./exits.ts";
import { ownMachine } from "./identity.ts";
import { loadExeca } from "./load-execa.ts";
import { voidRun } from "./remove-run.ts";
import { hiddenPath, RUN_FILES, RUN_TAG, RUNS_TAG } from "./run-folder.ts";
import { SUPERVISOR } from "./supervisor.ts";

export type RunRequest = {
  runsDir: string;
  runId: string;
  /** Anything the caller wants to know again after a restart; kept as JSON. */
  record: unknown;
  cwd: string;
  file: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  stdin: string | Uint8Array;
  /** Files that the program finds under `agentFilesDir`, by name; nobody but this user can read them. */
  files?: readonly { name: string; text: string }[];
  /** A shell script to run first, in the same folder and environment. */
  setup: string | null;
  limits: { wallMs: number | null; outputBytes: number };
  /** Between SIGTERM and SIGKILL when the supervisor itself keeps a cap. */
  graceMs?: number;
};

/** What the daemon wrote down about a run. */
export type StartedRun = {
  runId: string;
  startedAt: number;
  bootId: string;
  host: string;
  cwd: string;
  limits: RunRequest["limits"];
  record: unknown;
};

/**
 * Records a run and starts its supervisor, which goes on whatever becomes of this process. Resolves once it is spawned.
 * The folder appears whole, by a rename, before anything runs. Nothing is synced: after a power cut no process of that boot
 * is left, and a run without a readable record counts as lost. Throws SPAWN_FAILED, and then nothing runs; RUN_BROKEN when
 * the id is taken.
 */
export async function startRun(request: RunRequest): Promise<void> {
  const execa = await loadExeca();
  const runDir = join(request.runsDir, request.runId);
  recordRun(request, runDir);
  try {
    await spawnRecorded(execa, request, runDir);
  } catch (error) {
    // A record that nobody starts would hold its task for as long as this daemon lives.
    if (voidRun(runDir)) rmSync(runDir, { recursive: true, force: true });
    throw error;
  }
}

async function spawnRecorded(
  execa: Awaited<ReturnType<typeof loadExeca>>,
  request: RunRequest,
  runDir: string,
): Promise<void> {
  failpoint("process.start.after-record");
  failpoint("process.start.before-spawn");
  // Without this look a missing folder would be reported as a missing program.
  if (statSync(request.cwd, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new KanbandError("SPAWN_FAILED", `Cannot start ${request.file}: ${request.cwd} is not a folder`);
  }
  const supervisor = spawnSupervisor(execa, request, runDir);
  if (supervisor.pid === undefined) {
    const { message } = await supervisor.then((result) => ({ message: result.shortMessage ?? "" }));
    throw new KanbandError("SPAWN_FAILED", `Cannot start ${request.file}: ${message}`);
  }
  // A daemon that ends leaves its runs behind.
  supervisor.unref();
  watchOwnRun(request.runId, supervisor);
  failpoint("process.start.after-spawn");
}

function recordRun(request: RunRequest, runDir: string): void {
  const hidden = hiddenPath(request.runsDir, request.runId, "new");
  const { runId, cwd, limits, record } = request;
  const started: StartedRun = { runId, startedAt: Date.now(), ...ownMachine(), cwd, limits, record };
  failpoint("process.start.before-record");
  try {
    mkdirSync(hidden, { recursive: true });
    writeFileSync(join(hidden, RUN_FILES.record), JSON.stringify(started));
    writeFileSync(join(hidden, RUN_FILES.stdin), request.stdin);
    if (request.setup !== null) writeFileSync(join(hidden, RUN_FILES.setup), request.setup);
    writeAgentFiles(join(hidden, RUN_FILES.agentFiles), request.files ?? []);
    renameSync(hidden, runDir);
  } catch (error) {
    rmSync(hidden, { recursive: true, force: true });
    throw new KanbandError("RUN_BROKEN", `Cannot record the run ${runId} in ${request.runsDir}`, { cause: error });
  }
}

function writeAgentFiles(dir: string, files: NonNullable<RunRequest["files"]>): void {
  mkdirSync(dir, { mode: 0o700 });
  for (const { name, text } of files) writeFileSync(join(dir, name), text, { mode: 0o600, flag: "wx" });
}

type Execa = Awaited<ReturnType<typeof loadExeca>>;

function spawnSupervisor(execa: Execa, request: RunRequest, runDir: string) {
  const { file, args, cwd, env, limits, runId, graceMs } = request;
  const wallSeconds = limits.wallMs === null ? 0 : Math.max(1, Math.ceil(limits.wallMs / 1000));
  const graceSeconds = Math.ceil((graceMs ?? 10_000) / 1000);
  const facts = [runDir, wallSeconds, limits.outputBytes, graceSeconds].map(String);
  return execa("/bin/sh", ["-c", SUPERVISOR, "kanband-run", ...facts, file, ...args], {
    cwd,
    env: { ...env, [RUN_TAG]: runId, [RUNS_TAG]: request.runsDir },
    extendEnv: false,
    detached: true,
    cleanup: false,
    stdio: "ignore",
    reject: false,
  });
}

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll } from "vitest";
import { buildEnvironment } from "../../../src/process/environment.ts";
import type { RunRecord } from "../../../src/process/read-runs.ts";
import { readRun } from "../../../src/process/read-runs.ts";
import type { RunRequest } from "../../../src/process/start-run.ts";
import { startRun } from "../../../src/process/start-run.ts";
import { sweepProcesses } from "../../../src/process/sweep.ts";

export const AGENTS_DIR = new URL("../../fixtures/agents/", import.meta.url).pathname;

export type Place = { runsDir: string; worktree: string };

const roots: string[] = [];
const tags: string[] = [];

/** A runs folder and a worktree of their own; whatever a test leaves running there ends with the file. */
export function place(): Place {
  const root = mkdtempSync(join(tmpdir(), "kanband-runs-"));
  roots.push(root);
  const it = { runsDir: join(root, "runs"), worktree: join(root, "worktree") };
  mkdirSync(it.worktree);
  return it;
}

export function cleanUpPlaces(): void {
  afterAll(async () => {
    for (const tag of tags) await sweepProcesses({ tag });
    for (const root of roots) rmSync(root, { recursive: true, force: true });
  });
}

/** A request for one of the fixture agents, with a run id that no other test has. */
export function request({ runsDir, worktree }: Place, agent: string, more: Partial<RunRequest> = {}): RunRequest {
  const runId = `t${process.pid}-${tags.length}`;
  tags.push(runId);
  return {
    runsDir,
    runId,
    record: { agent },
    cwd: worktree,
    file: join(AGENTS_DIR, agent),
    args: [],
    env: buildEnvironment({ allow: [], set: {}, home: null }),
    stdin: "",
    setup: null,
    limits: { wallMs: null, outputBytes: 10_000_000 },
    graceMs: 1_000,
    ...more,
  };
}

export async function start(it: Place, agent: string, more: Partial<RunRequest> = {}): Promise<string> {
  const asked = request(it, agent, more);
  await startRun(asked);
  return join(it.runsDir, asked.runId);
}

export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}

export function look(runDir: string): RunRecord | null {
  return readRun(runDir, runDir.slice(runDir.lastIndexOf("/") + 1));
}

export async function ended(runDir: string): Promise<RunRecord> {
  await until(() => !["starting", "running"].includes(look(runDir)?.state ?? ""));
  return look(runDir) as RunRecord;
}

export async function output(runDir: string, text: string): Promise<void> {
  await until(() => existsSync(join(runDir, "stdout")) && stdout(runDir).includes(text));
}

export function stdout(runDir: string): string {
  return readFileSync(join(runDir, "stdout"), "utf8");
}

/** The pid that a fixture wrote once its child was there. */
export async function childPid(worktree: string): Promise<number> {
  const path = join(worktree, "child.pid");
  await until(() => existsSync(path) && readFileSync(path, "utf8").endsWith("\n"));
  return Number(readFileSync(path, "utf8"));
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

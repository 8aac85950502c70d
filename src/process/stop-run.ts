import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { writeFileDurably } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import { listProcesses } from "./process-table.ts";
import type { RunRecord } from "./read-runs.ts";
import { readRun } from "./read-runs.ts";
import { voidRun } from "./remove-run.ts";
import { RUN_FILES } from "./run-folder.ts";
import { descendantsOf, kill, killSame, sweepProcesses } from "./sweep.ts";

const LOOK_EVERY_MS = 20;
// How long a supervisor whose agent is dead may take to say so.
const LAST_WORD_MS = 2_000;

/** Writes down that a run is to end, and why, so that a restart goes on with it. The first reason stays. */
export function requestStop(runDir: string, reason: string): void {
  if ((readRun(runDir, basename(runDir))?.stop ?? null) !== null) return;
  failpoint("process.stop.before-request");
  // After a power cut no process of the run is left to be stopped.
  writeFileDurably(join(runDir, RUN_FILES.stop), JSON.stringify({ reason, requestedAt: Date.now() }), {
    isSynced: false,
  });
  failpoint("process.stop.after-request");
}

/**
 * Ends a run and all that it started; resolves when nothing of it is left. SIGTERM to the group and to descendants that left
 * it, `graceMs`, SIGKILL to the same, then a sweep by tag and by `worktreePath`. The supervisor survives this and records
 * the agent's status. For a run that is lost or over it only sweeps. Doing it again does no harm.
 */
export async function stopRun({
  runDir,
  graceMs,
  worktreePath,
}: {
  runDir: string;
  graceMs: number;
  worktreePath: string | null;
}): Promise<void> {
  const runId = basename(runDir);
  if (voidRun(runDir)) return;
  const run = await untilSeen(runDir, runId);
  const supervisor = run?.state === "running" ? (run.identity?.pid ?? null) : null;
  if (supervisor !== null) {
    const strays = descendantsOf(supervisor).filter(({ group }) => group !== supervisor);
    kill(-supervisor, "SIGTERM");
    for (const stray of strays) killSame(stray, "SIGTERM");
    failpoint("process.stop.after-term");
    if (!(await untilOver(runDir, runId, graceMs))) await killGroup(runDir, runId, supervisor);
    for (const stray of strays) killSame(stray, "SIGKILL");
    failpoint("process.stop.after-kill");
  }
  await sweepProcesses({ tag: runId, ...(worktreePath === null ? {} : { cwdUnder: worktreePath }) });
}

// First everybody but the supervisor, so that it can record the end; a group that is still there then goes as a whole.
async function killGroup(runDir: string, runId: string, supervisor: number): Promise<void> {
  const until = Date.now() + LAST_WORD_MS;
  while (Date.now() < until) {
    const members = listProcesses().filter(({ group, pid }) => group === supervisor && pid !== supervisor);
    for (const member of members) killSame(member, "SIGKILL");
    if (await untilOver(runDir, runId, LOOK_EVERY_MS)) return;
  }
  kill(-supervisor, "SIGKILL");
  await untilOver(runDir, runId, LAST_WORD_MS);
}

/** A run is `starting` for an instant only, between its mark and the identity in it. */
async function untilSeen(runDir: string, runId: string): Promise<RunRecord | null> {
  for (;;) {
    const run = readRun(runDir, runId);
    if (run?.state !== "starting") return run;
    await sleep(LOOK_EVERY_MS);
  }
}

async function untilOver(runDir: string, runId: string, withinMs: number): Promise<boolean> {
  for (const until = Date.now() + withinMs; ; ) {
    const state = readRun(runDir, runId)?.state;
    if (state !== "running" && state !== "starting") return true;
    if (Date.now() >= until) return false;
    await sleep(Math.min(LOOK_EVERY_MS, Math.max(1, until - Date.now())));
  }
}

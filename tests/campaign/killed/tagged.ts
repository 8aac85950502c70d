import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { readRuns } from "../../../src/process/read-runs.ts";

/** A process with the tag of a run, wherever it sits. */
export type Tagged = { pid: number; runId: string; command: string };

/** How long what a run leaves behind may outlive it. */
const GONE_WITHIN_MS = 10_000;
const LOOK_AGAIN_MS = 300;

/** Every process that carries the tag of a run whose id begins so; other boards of the machine have theirs. */
export function taggedProcesses(prefix: string): Tagged[] {
  return readdirSync("/proc").flatMap((name) => {
    const runId = /^\d+$/.test(name) ? tagOf(Number(name)) : null;
    return runId?.startsWith(prefix) === true ? [{ pid: Number(name), runId, command: commandOf(Number(name)) }] : [];
  });
}

/** The tag of a process; null when it has none, or has ended. */
export function tagOf(pid: number): string | null {
  return /(?:^|\0)KANBAND_RUN=([^\0]*)/.exec(read(`/proc/${pid}/environ`))?.[1] ?? null;
}

/** Tagged processes of no run that is recorded and goes on, or has ended just now. */
export async function strangersOf(prefix: string, runsDir: string): Promise<Tagged[]> {
  const suspects = suspectsOf(prefix, runsDir);
  if (suspects.length === 0) return [];
  // A look takes its time: what began or ended meanwhile is as it should be by now.
  await sleep(LOOK_AGAIN_MS);
  const again = suspectsOf(prefix, runsDir);
  return suspects.filter((it) => again.some(({ pid, runId }) => pid === it.pid && runId === it.runId));
}

function suspectsOf(prefix: string, runsDir: string): Tagged[] {
  const held = heldRuns(runsDir);
  return taggedProcesses(prefix).filter(({ runId }) => !held.has(runId));
}

function heldRuns(runsDir: string): Set<string> {
  const runs = readRuns(runsDir).filter(({ state, endedAt }) => {
    const isOn = state === "running" || state === "starting";
    return isOn || (endedAt !== null && Date.now() - endedAt < GONE_WITHIN_MS);
  });
  return new Set(runs.map(({ runId }) => runId));
}

/** Ends what is left, so that a campaign that found something leaves nothing either. */
export function endTagged(prefix: string): void {
  for (const { pid } of taggedProcesses(prefix)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
  }
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim().slice(0, 120);
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

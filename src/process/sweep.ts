import { sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProcessEntry } from "./process-table.ts";
import { folderOf, hasVariable, listProcesses, nameOf, readProcess, variableOf } from "./process-table.ts";
import { RUN_TAG, RUNS_TAG } from "./run-folder.ts";

const ROUNDS = 50;
const ROUND_MS = 10;
/** Who was started from a terminal or a desktop has one of these; a run may have the first, and then has one of its own, too. */
const OF_A_PERSON = ["TERM", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"];
const OF_A_RUN = [RUN_TAG, RUNS_TAG, "KANBAND_TASK"];

/**
 * Ends, by SIGKILL, what an agent left behind; returns the pids. `tag`: every process of that run, wherever it went, known by
 * its environment. `cwdUnder`: every orphan without a terminal that sits in that folder; a person's shell or editor there has
 * a living parent, or a terminal, or was started from one, as the server of a tmux is, and stays. Looks again until nothing
 * is left, since what is ended may just have forked.
 */
export async function sweepProcesses({ tag, cwdUnder }: { tag?: string; cwdUnder?: string }): Promise<number[]> {
  return await endAll((entry) => isLeftover(entry, tag, cwdUnder));
}

/** Ends, by SIGKILL, all processes of which this is true, until there is none; returns the pids. */
export async function endAll(isLeft: (entry: ProcessEntry) => boolean): Promise<number[]> {
  const ended = new Set<number>();
  for (let round = 0; round < ROUNDS; round++) {
    const left = listProcesses().filter(isLeft);
    if (left.length === 0) break;
    for (const { pid } of left) {
      kill(pid, "SIGKILL");
      ended.add(pid);
    }
    await sleep(ROUND_MS);
  }
  return [...ended];
}

/** A process and everything it started, directly or not, as far as the parents still live. */
export function descendantsOf(pid: number): ProcessEntry[] {
  const all = listProcesses();
  const found: ProcessEntry[] = [];
  for (let parents = new Set([pid]); parents.size > 0; ) {
    const children = all.filter((it) => parents.has(it.parent) && !found.includes(it));
    found.push(...children);
    parents = new Set(children.map((it) => it.pid));
  }
  return found;
}

/** Sends a signal; false when there is no such process (any more). A negative pid is a group. */
export function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Sends a signal only if it is still the same process. */
export function killSame({ pid, startTime }: ProcessEntry, signal: NodeJS.Signals): void {
  if (readProcess(pid)?.startTime === startTime) kill(pid, signal);
}

/** Whether nobody waits for a process: init takes an orphan, or a service manager of the user that asked for it. */
export function isOrphan({ parent, hasTerminal }: ProcessEntry): boolean {
  if (hasTerminal) return false;
  return parent <= 1 || (nameOf(parent) === "systemd" && (readProcess(parent)?.parent ?? 0) <= 1);
}

function isLeftover(entry: ProcessEntry, tag: string | undefined, cwdUnder: string | undefined): boolean {
  if (entry.isZombie || entry.pid === process.pid || entry.pid <= 1) return false;
  if (tag !== undefined && hasVariable(entry.pid, RUN_TAG, tag)) return true;
  if (cwdUnder === undefined || !isOrphan(entry) || !isUnder(folderOf(entry.pid), cwdUnder)) return false;
  const has = (name: string): boolean => variableOf(entry.pid, name) !== null;
  return OF_A_RUN.some(has) || !OF_A_PERSON.some(has);
}

function isUnder(folder: string | null, root: string): boolean {
  return folder !== null && (folder === root || folder.startsWith(root + sep));
}

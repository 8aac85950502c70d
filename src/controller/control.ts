import { readFileSync } from "node:fs";
import { join } from "node:path";
import { removeFileDurably, writeFileDurably } from "../files/durable.ts";
import { type Identity, isAlive } from "../process/identity.ts";
import { readLock } from "../process/lock.ts";

/** What others can know of a daemon: who it is, whether it lives, how far it came. */
export type DaemonView = { identity: Identity; startedAt: number; isAlive: boolean; state: "starting" | "ready" };

/** The lock that makes it one daemon a board. */
export function lockPathOf(runtimeDir: string): string {
  return join(runtimeDir, "lock");
}

/** The daemon of this board, alive or not; null when none ran, or the last one ended in order. */
export function readDaemon(runtimeDir: string): DaemonView | null {
  const lock = readLock(lockPathOf(runtimeDir));
  if (lock === null) return null;
  const note = readNote(runtimeDir);
  return {
    identity: lock.identity,
    startedAt: startedAtOf(lock.info),
    isAlive: isAlive(lock.identity),
    state: note?.pid === lock.identity.pid && note.startTime === lock.identity.startTime ? "ready" : "starting",
  };
}

/** Says that the daemon has read the whole board once and hears what happens from now on. */
export function markReady(runtimeDir: string, { pid, startTime }: Identity): void {
  writeFileDurably(notePath(runtimeDir), `${JSON.stringify({ pid, startTime })}\n`, { isSynced: false });
}

/** Takes the word back, at the end. */
export function clearReady(runtimeDir: string): void {
  removeFileDurably(notePath(runtimeDir));
}

function notePath(runtimeDir: string): string {
  return join(runtimeDir, "ready.json");
}

function readNote(runtimeDir: string): { pid: unknown; startTime: unknown } | null {
  try {
    const note: unknown = JSON.parse(readFileSync(notePath(runtimeDir), "utf8"));
    return typeof note === "object" && note !== null && "pid" in note && "startTime" in note ? note : null;
  } catch {
    return null;
  }
}

function startedAtOf(info: unknown): number {
  if (typeof info === "object" && info !== null && "startedAt" in info && typeof info.startedAt === "number") {
    return info.startedAt;
  }
  return 0;
}

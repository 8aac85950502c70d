import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { listProcesses, readProcess } from "./process-table.ts";

/** A process for all time: its number comes again, the rest does not. */
export type Identity = { pid: number; startTime: string; bootId: string; host: string };

/** The identity of this process. */
export function ownIdentity(): Identity {
  return identityOf(process.pid) ?? { pid: process.pid, startTime: "unknown", ...ownMachine() };
}

/** The identity of a living process; null when there is none with this number. */
export function identityOf(pid: number): Identity | null {
  const entry = readProcess(pid);
  return entry === null || entry.isZombie ? null : { pid, startTime: entry.startTime, ...ownMachine() };
}

/**
 * Whether this very process is still there. A process of another host cannot be seen: it counts as alive, since taking
 * its work while it lives is worse than waiting for a person.
 */
export function isAlive(identity: Identity): boolean {
  const { host, bootId } = ownMachine();
  if (identity.host !== host) return true;
  return identity.bootId === bootId && identityOf(identity.pid)?.startTime === identity.startTime;
}

/** CPU time that a process group has used so far, in ms, its ended children included. */
export function groupCpuMs(identity: Identity): number {
  const members = listProcesses().filter(({ group }) => group === identity.pid);
  return members.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

// It cannot change while this process lives.
const boot: { id: string | null } = { id: null };

/** The part of an identity that all processes of this machine share until it starts anew. */
export function ownMachine(): { bootId: string; host: string } {
  boot.id ??= readBootId();
  return { bootId: boot.id, host: hostname() };
}

function readBootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return execFileSync("sysctl", ["-n", "kern.boottime"], { encoding: "utf8" }).trim();
  }
}

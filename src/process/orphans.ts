import { setTimeout as sleep } from "node:timers/promises";
import { hasVariable, listProcesses } from "./process-table.ts";
import { isOrphan } from "./sweep.ts";

const LOOK_EVERY_MS = 20;

/**
 * Waits until the short-lived helpers of a killed process have ended: they go on without it, and what they write would
 * come between the work of whoever takes its place. They are known by a variable of their environment. False after `withinMs`.
 */
export async function untilOrphansEnd(name: string, value: string, withinMs: number): Promise<boolean> {
  for (const until = Date.now() + withinMs; ; ) {
    const left = listProcesses().filter((it) => !it.isZombie && isOrphan(it) && hasVariable(it.pid, name, value));
    if (left.length === 0) return true;
    if (Date.now() >= until) return false;
    await sleep(LOOK_EVERY_MS);
  }
}

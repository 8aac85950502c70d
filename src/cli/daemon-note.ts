import { readDaemon } from "../controller/control.ts";
import type { Snapshot } from "../decide/snapshot.ts";

/** What a person has to know about the daemon to understand the board; null when it runs, or nothing waits for it. */
export function daemonNote(runtimeDir: string, { tasks }: Snapshot): string | null {
  const daemon = readDaemon(runtimeDir);
  if (daemon?.isAlive === true) return daemon.state === "ready" ? null : "The daemon is starting.";
  const hasWork = tasks.some(({ lane }) => lane === "planned" || lane === "doing");
  return hasWork ? "No daemon is running, so nothing moves: `kanband up` starts one." : null;
}

/** The same for scripts. */
export function daemonFacts(runtimeDir: string) {
  const daemon = readDaemon(runtimeDir);
  if (daemon === null) return null;
  const { identity, startedAt, isAlive, state } = daemon;
  return { pid: identity.pid, host: identity.host, startedAt: new Date(startedAt).toISOString(), isAlive, state };
}

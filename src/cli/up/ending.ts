import { readFileSync } from "node:fs";
import { join } from "node:path";
import { removeFileDurably, writeFileDurably } from "../../files/durable.ts";

/** What becomes of the runs in progress when the daemon ends. */
export type Ending = "leave" | "wait" | "stop";

/** The ending that the flags of a command name. */
export function endingOf(flags: { stopRuns: boolean; wait: boolean }): Ending {
  if (flags.stopRuns) return "stop";
  return flags.wait ? "wait" : "leave";
}

/** Leaves word for the daemon with this process id how it is to end; the signal that follows carries no word itself. */
export function requestEnding(runtimeDir: string, pid: number, ending: Ending): void {
  writeFileDurably(pathOf(runtimeDir), `${JSON.stringify({ pid, ending })}\n`);
}

/** The ending asked of this process by `kanband down`; null when nobody asked, or asked another process. */
export function readRequestedEnding(runtimeDir: string, pid: number): Ending | null {
  try {
    const parsed: unknown = JSON.parse(readFileSync(pathOf(runtimeDir), "utf8"));
    if (typeof parsed !== "object" || parsed === null) return null;
    if (!("pid" in parsed) || parsed.pid !== pid || !("ending" in parsed)) return null;
    const { ending } = parsed;
    return ending === "leave" || ending === "wait" || ending === "stop" ? ending : null;
  } catch {
    return null;
  }
}

/** Forgets what was asked. */
export function clearRequestedEnding(runtimeDir: string): void {
  removeFileDurably(pathOf(runtimeDir));
}

function pathOf(runtimeDir: string): string {
  return join(runtimeDir, "ending.json");
}

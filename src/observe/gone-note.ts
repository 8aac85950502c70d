import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The files whose removal the daemon does not believe in; none where there is no such note. */
export function readGone(runtimeDir: string): ReadonlySet<string> {
  try {
    const noted: unknown = JSON.parse(readFileSync(goneNote(runtimeDir), "utf8"));
    return new Set(Array.isArray(noted) ? noted.filter((it) => typeof it === "string") : []);
  } catch {
    return new Set();
  }
}

/** Where the daemon notes them. */
export function goneNote(runtimeDir: string): string {
  return join(runtimeDir, "gone.json");
}

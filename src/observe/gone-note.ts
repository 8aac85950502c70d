import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The files whose removal the daemon does not believe in; none where there is no such note. */
export function readGone(runtimeDir: string): ReadonlySet<string> {
  try {
    const noted = readFileSync(goneNote(runtimeDir), "utf8").split("\0");
    return new Set(noted.filter((it) => it !== ""));
  } catch {
    return new Set();
  }
}

/** Where the daemon notes them, as git takes a list of paths: each with a zero behind it. */
export function goneNote(runtimeDir: string): string {
  return join(runtimeDir, "gone-files");
}

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** Top of this repository. */
export const repoRoot = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** Paths of all files below a folder, relative to `from`, sorted; empty when the folder is not there. */
export function listFiles(folder: string, from: string = repoRoot): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(from, join(entry.parentPath, entry.name)))
    .sort();
}

/** The text of a file of this repository. */
export function readText(path: string): string {
  return readFileSync(join(repoRoot, path), "utf8");
}

/** Whether this repository has a file or folder of that name. */
export function exists(path: string): boolean {
  return existsSync(join(repoRoot, path));
}

/** Runs one of the repository's own tools and gives what it printed, whatever its exit code. */
export function runTool(file: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(file, [...args], {
      cwd,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 2 ** 26,
    });
  } catch (error) {
    if (typeof error === "object" && error !== null && "stdout" in error && error.stdout !== "")
      return String(error.stdout);
    throw error;
  }
}

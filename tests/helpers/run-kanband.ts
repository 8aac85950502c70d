import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";

const PROJECT = new URL("../..", import.meta.url).pathname;
/**
 * The build: every module by itself, and the program in few files in `bin/`. Another one can be tested:
 * `KANBAND_DIST=dist-mine`.
 */
export const DIST = join(PROJECT, process.env["KANBAND_DIST"] ?? "dist");
export const MAIN = join(DIST, "bin/kanband.js");

/** Runs the built CLI to its end; throws with its output when it fails. */
export async function runKanband(cwd: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await exitOf(child);
  if (code !== 0) throw new Error(`kanband ${args.join(" ")} ended with ${code}:\n${output}`);
  return output;
}

/** The exit code, or null after a signal, once all output has been read. */
export async function exitOf(child: ChildProcess): Promise<number | null> {
  return await new Promise((resolve) => child.once("close", (code) => resolve(code)));
}

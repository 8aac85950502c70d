import { spawn } from "node:child_process";
import { DIST } from "./run-kanband.ts";

export type Child = { pid: number; stdout(): string; ended: Promise<ChildEnd> };

export type ChildEnd = { code: number | null; signal: string | null; stdout: string; stderr: string };

/** `limit`: a shell command that runs first, such as `ulimit -f 1`. */
export type BuildOptions = { env?: Record<string, string>; limit?: string };

/**
 * Runs a small program against the modules of the build, which it imports as `./files/…js` and the like, in a process of its
 * own: what dies by a failpoint must not be the test.
 */
export function runInBuild(program: string, { env = {}, limit }: BuildOptions = {}): Child {
  const node = [process.execPath, "--input-type=module", "-e", program] as const;
  const [file, ...args] = limit === undefined ? node : (["sh", "-c", `${limit}; exec "$0" "$@"`, ...node] as const);
  const child = spawn(file, args, { cwd: DIST, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk) => (text.stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (text.stderr += String(chunk)));
  // Not its "close": a run that outlives it may hold its output open.
  const ended = new Promise<ChildEnd>((resolve) => {
    child.on("exit", (code, signal) => setImmediate(() => resolve({ code, signal, ...text })));
  });
  return { pid: child.pid ?? 0, stdout: () => text.stdout, ended };
}

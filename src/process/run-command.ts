import { setTimeout as sleep } from "node:timers/promises";
import { KanbandError } from "../errors.ts";
import { loadExeca } from "./load-execa.ts";
import { kill } from "./sweep.ts";

export type CommandResult = {
  /** Null: it was ended by a signal, or by us after `timeoutMs`. */
  exitCode: number | null;
  isTimedOut: boolean;
  /** The first MiB of each. */
  stdout: string;
  stderr: string;
};

const OUTPUT_LIMIT_BYTES = 1024 * 1024;
// A child of the command may hold its output open for ever; what the command itself wrote is there by then.
const DRAIN_MS = 50;

/**
 * Runs a short helper to its end, in its own process group, with exactly the given environment. After `timeoutMs` the whole
 * group is killed. Throws SPAWN_FAILED when it cannot be started.
 */
export async function runCommand({
  file,
  args,
  cwd,
  env,
  stdin,
  timeoutMs,
}: {
  file: string;
  args: readonly string[];
  cwd: string;
  env: Readonly<Record<string, string>>;
  stdin: string;
  timeoutMs: number;
}): Promise<CommandResult> {
  const options = { cwd, env, extendEnv: false, detached: true, cleanup: false, buffer: false, reject: false } as const;
  const execa = await loadExeca();
  const child = execa(file, args, { ...options, input: stdin });
  const { pid } = child;
  if (pid === undefined) {
    const { shortMessage } = await child;
    throw new KanbandError("SPAWN_FAILED", `Cannot start ${file}: ${shortMessage ?? "no reason given"}`);
  }
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const settled = child.then(() => undefined);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const late = new AbortController();
  const timer = sleep(timeoutMs, "late" as const, { signal: late.signal }).catch(() => "over" as const);
  const isTimedOut = (await Promise.race([ended, timer])) === "late";
  late.abort();
  if (isTimedOut) kill(-pid, "SIGKILL");
  const exitCode = await ended;
  await Promise.race([settled, sleep(DRAIN_MS)]);
  child.stdout.destroy();
  child.stderr.destroy();
  return { exitCode, isTimedOut, stdout: stdout(), stderr: stderr() };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    if (length < OUTPUT_LIMIT_BYTES) chunks.push(chunk.subarray(0, OUTPUT_LIMIT_BYTES - length));
    length += chunk.length;
  });
  return () => Buffer.concat(chunks).toString("utf8");
}

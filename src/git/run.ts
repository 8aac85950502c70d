import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { KanbandError } from "../errors.ts";
import {
  type GitIdentity,
  type GitPlace,
  gitEnvironment,
  gitPrefix,
  PROFILE,
  placeArguments,
  userEnvironment,
} from "./profile.ts";

export type GitOptions = {
  /** Exit codes that are answers, not failures. */
  ok?: readonly number[];
  /** Further settings for this call, `key=value`. */
  config?: readonly string[];
  /** Further environment for this call. */
  env?: Readonly<Record<string, string>>;
  /** Ends the process after this long without output. */
  timeoutMs?: number;
  identity?: GitIdentity;
};

export type GitResult = { exitCode: number; stdout: string; stderr: string };

const TIMEOUT_MS = 120_000;

// simple-git waits 50 ms for more after a command that printed nothing, as most of ours do: 66 ms a command, and 8 with this.
const NOTHING = Buffer.alloc(0);

/**
 * Runs one ordinary git command and answers its standard output. Arguments never hold anything a user wrote unless it
 * stands after `--` or is a full ref name. Codes: GIT_FAILED, GIT_MISSING.
 */
export async function git(place: GitPlace, args: readonly string[], options: GitOptions = {}): Promise<string> {
  return (await gitResult(place, args, options)).stdout;
}

/** As `git`, with the exit code. */
export async function gitResult(
  place: GitPlace,
  args: readonly string[],
  options: GitOptions = {},
): Promise<GitResult> {
  // Loaded on first use: it costs more than all the rest of a short command.
  const { simpleGit } = await import("simple-git");
  const seen = { exitCode: 0, stderr: "" };
  const client = simpleGit({
    baseDir: folderOf(place),
    config: [...PROFILE, ...(options.config ?? [])],
    completion: { onClose: true, onExit: false },
    timeout: { block: options.timeoutMs ?? TIMEOUT_MS },
    trimmed: false,
    unsafe: {
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeConfigEnvCount: true,
      allowUnsafeProtocolOverride: true,
      allowUnsafeFilter: true,
      allowUnsafeMergeDriver: true,
    },
    errors(error, result) {
      seen.exitCode = result.exitCode;
      seen.stderr = Buffer.concat(result.stdErr).toString("utf8");
      return isFailure(result.exitCode, options) ? (error ?? new Error(seen.stderr)) : undefined;
    },
  })
    .env({ ...gitEnvironment(place, options.identity ?? null), ...options.env })
    .outputHandler((_, stdout) => void setImmediate(() => stdout.emit("data", NOTHING)));
  try {
    const stdout = await client.raw([...placeArguments(place), ...args]);
    return { ...seen, stdout };
  } catch (cause) {
    throw failed(args, seen.exitCode, seen.stderr || messageOf(cause), cause);
  }
}

/** Runs one git command with standard input, without the cost of a client: for the hot paths. Same error codes. */
export async function gitWithInput(
  place: GitPlace,
  args: readonly string[],
  input: string | Uint8Array,
  options: GitOptions = {},
): Promise<GitResult> {
  const env = { ...gitEnvironment(place, options.identity ?? null), ...options.env };
  const all = [...gitPrefix(place, options.config), ...args];
  const result = await spawnOnce(all, folderOf(place), env, input, options.timeoutMs);
  if (isFailure(result.exitCode, options)) throw failed(args, result.exitCode, result.stderr);
  return result;
}

/** Asks git about a folder with the user's own settings in force; every exit code is an answer. Code: GIT_MISSING. */
export async function askGitAsUser(dir: string, args: readonly string[]): Promise<GitResult> {
  return await spawnOnce(args, dir, userEnvironment(), "");
}

function spawnOnce(
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
  input: string | Uint8Array,
  timeoutMs = TIMEOUT_MS,
): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    // In a process group of its own: what kills ours must not leave a half-written index and its lock behind.
    const options = { cwd, env, timeout: timeoutMs, detached: true } as const;
    const child = spawn("git", args, { ...options, stdio: ["pipe", "pipe", "pipe"] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    // A process that ends before it read everything is judged by its exit code, not by the broken pipe.
    child.stdin.on("error", () => undefined);
    child.on("error", (cause: NodeJS.ErrnoException) => reject(startFailure(cause)));
    child.on("close", (code) => {
      const stderr = Buffer.concat(err).toString("utf8");
      resolve({ exitCode: code ?? 128, stdout: Buffer.concat(out).toString("utf8"), stderr });
    });
    child.stdin.end(input);
  });
}

// Git names paths relative to the folder it runs in. An agent may have removed its own.
function folderOf(place: GitPlace): string {
  return existsSync(place.top) ? place.top : place.gitDir;
}

/** The error for a git that could not even be started: GIT_MISSING, or GIT_FAILED. */
export function startFailure(cause: NodeJS.ErrnoException): KanbandError {
  if (cause.code === "ENOENT") return new KanbandError("GIT_MISSING", "git could not be started", { cause });
  return new KanbandError("GIT_FAILED", `git could not be started: ${cause.message}`, { cause });
}

function isFailure(exitCode: number, options: GitOptions): boolean {
  return exitCode !== 0 && !(options.ok ?? []).includes(exitCode);
}

function failed(args: readonly string[], exitCode: number, text: string, cause?: unknown): KanbandError {
  const said = text.trim().slice(0, 2000) || "no message";
  const message = `git ${args.slice(0, 2).join(" ")} failed with exit code ${exitCode}: ${said}`;
  const code = /spawn git ENOENT/.test(said) ? "GIT_MISSING" : "GIT_FAILED";
  return new KanbandError(code, message, { cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

import { execa } from "execa";
import { onTestFinished } from "vitest";
import { createOutput } from "../../src/cli/context.ts";
import { runCli as runCommand } from "../../src/cli/run.ts";
import { MAIN } from "./run-kanband.ts";

/** The built program: `npm test` builds it first. */
export const mainPath = MAIN;

export type CliResult = { exitCode: number; stdout: string; stderr: string };

export type CliOptions = { stdin?: string; env?: Record<string, string> };

// Unless it ends by itself: a daemon is ended by signals, so it is not to be one process with its test.
const LONG_LIVED: ReadonlySet<string | undefined> = new Set(["up", "demo"]);

/**
 * What `kanband` with these arguments does, prints and ends with, in a folder. Within the test, since to start a process takes
 * longer than most commands do; `program.test.ts` loads every part of the built program. With an environment of its own
 * it is the program.
 */
export async function runCli(cwd: string, args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const isLong = LONG_LIVED.has(args[0]) && !args.includes("--until-idle");
  if (options.env !== undefined || isLong) return await runProgram(cwd, args, options);
  const [stdout, stderr]: [string[], string[]] = [[], []];
  const exitCode = await runCommand(args, {
    dir: cwd,
    here: cwd,
    env: process.env,
    out: createOutput({ write: (text) => stdout.push(text) }, process.env),
    err: createOutput({ write: (text) => stderr.push(text) }, process.env),
    readStdin: async () => options.stdin ?? "",
    self: [process.execPath, mainPath],
    exit: (code) => {
      throw new Error(`kanband ${args.join(" ")} would end the process with ${code}`);
    },
  });
  return { exitCode, stdout: stdout.join(""), stderr: stderr.join("") };
}

/** Runs the built `kanband` as a person would, in a folder, to its end. */
export async function runProgram(cwd: string, args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const result = await start(cwd, args, options);
  return { exitCode: result.exitCode ?? 128, stdout: String(result.stdout), stderr: String(result.stderr) };
}

/** The same, and the answer read as JSON. Fails on an exit code other than 0. */
export async function runCliJson<Answer>(cwd: string, args: readonly string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await runCli(cwd, [...args, "--json"]);
  if (exitCode !== 0) throw new Error(`kanband ${args.join(" ")} ended with ${exitCode}: ${stderr}${stdout}`);
  const answer: Answer = JSON.parse(stdout);
  return answer;
}

export type RunningCli = {
  pid: number;
  /** Everything it printed so far, both streams. */
  output(): string;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<CliResult>;
};

/** Starts `kanband` and leaves it running; it is ended with the test. */
export function startCli(cwd: string, args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = start(cwd, args, options);
  const chunks: string[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(String(chunk)));
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(String(chunk)));
  const ended = child.then(({ exitCode, stdout, stderr }) => {
    return { exitCode: exitCode ?? 128, stdout: String(stdout), stderr: String(stderr) };
  });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return { pid: child.pid ?? 0, output: () => chunks.join(""), kill: (signal) => void child.kill(signal), ended };
}

function start(cwd: string, args: readonly string[], { stdin, env }: CliOptions) {
  return execa(process.execPath, [mainPath, ...args], {
    cwd,
    reject: false,
    stripFinalNewline: false,
    env: { NO_COLOR: "", ...env },
    input: stdin ?? "",
  });
}

/** Looks again and again until `check` answers something other than null or false; throws with `what` after 20 s. */
export async function eventually<Answer>(
  what: string,
  check: () => Answer | null | false | Promise<Answer | null | false>,
): Promise<Answer> {
  for (const startedAt = Date.now(); ; ) {
    const answer = await check();
    if (answer !== null && answer !== false) return answer;
    if (Date.now() - startedAt > 20_000) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

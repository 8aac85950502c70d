import { join } from "node:path";
import { execa } from "execa";
import { onTestFinished } from "vitest";

/** The built program: `npm test` builds it first. */
export const mainPath = join(import.meta.dirname, "..", "..", "dist", "bin", "kanband.js");

export type CliResult = { exitCode: number; stdout: string; stderr: string };

export type CliOptions = { stdin?: string; env?: Record<string, string> };

/** Runs `kanband` as a person would, in a folder, to its end. */
export async function runCli(cwd: string, args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
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

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readDaemon } from "../../controller/control.ts";
import { KanbandError } from "../../errors.ts";
import { identityOf, isAlive } from "../../process/identity.ts";
import { runCommand } from "../../process/run-command.ts";
import { type Context, print, printJson } from "../context.ts";
import { sleep } from "../sleep.ts";

/** How long a daemon may take to read a large board for the first time, ms. */
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 30;

/**
 * Starts this program again in the background and returns once its daemon is ready for work.
 * Throws DAEMON_RUNNING when there is one already, DAEMON_FAILED with the last lines of what it said when it ends early.
 */
export async function detach(
  context: Context,
  runtimeDir: string,
  flags: { args: readonly string[]; json: boolean },
): Promise<void> {
  const running = readDaemon(runtimeDir);
  if (running?.isAlive === true) throw runningAlready(running.identity.pid);
  const outputPath = join(runtimeDir, "log", "up.out");
  const pid = await startInBackground(context, outputPath, flags.args);
  await waitUntilReady(runtimeDir, pid, outputPath);
  if (flags.json) return printJson(context.out, { pid, runtimeDir });
  print(context.out, `The daemon is ready, process ${pid}.`);
  print(context.out, "`kanband status --watch` shows the board; `kanband down` ends the daemon.");
}

// The shell has a session of its own, away from any terminal, and ends at once; what it starts lives on in that session.
// Its output is appended: of two started at once, one must not empty the file of the other, who may be the one that stays.
const START = `mkdir -p "$(dirname "$1")" && out=$1 && shift
[ -z "$(find "$out" -size +1024k 2>/dev/null)" ] || mv -f "$out" "$out.old"
"$@" >>"$out" 2>&1 </dev/null &
echo $!`;

async function startInBackground(context: Context, outputPath: string, args: readonly string[]): Promise<number> {
  const [file, ...own] = context.self;
  const env = Object.fromEntries(
    Object.entries(context.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  const { exitCode, stdout, stderr } = await runCommand({
    file: "sh",
    args: ["-c", START, "sh", outputPath, file, ...own, "up", "--cwd", context.dir, ...args],
    cwd: context.dir,
    env,
    stdin: "",
    timeoutMs: READY_WITHIN_MS,
  });
  const pid = Number.parseInt(stdout, 10);
  if (exitCode === 0 && Number.isInteger(pid)) return pid;
  throw new KanbandError("DAEMON_FAILED", `the daemon could not be started: ${stderr.trim()}`);
}

async function waitUntilReady(runtimeDir: string, pid: number, outputPath: string): Promise<void> {
  const identity = identityOf(pid);
  for (const startedAt = Date.now(); ; ) {
    const daemon = readDaemon(runtimeDir);
    const isOurs = daemon?.identity.pid === pid;
    if (isOurs && daemon.isAlive && daemon.state === "ready") return;
    const isGone = identity === null || !isAlive(identity);
    // Somebody else's was started in the same instant and came first.
    if (isGone && !isOurs && daemon?.isAlive === true) throw runningAlready(daemon.identity.pid);
    if (isGone || Date.now() - startedAt > READY_WITHIN_MS) {
      const what = isGone ? "the daemon ended while it started" : "the daemon is not ready yet";
      throw new KanbandError("DAEMON_FAILED", `${what}\n${lastLines(outputPath)}`, {
        hint: `The whole of it is in ${outputPath}.`,
      });
    }
    await sleep(LOOK_EVERY_MS);
  }
}

function runningAlready(pid: number): KanbandError {
  return new KanbandError("DAEMON_RUNNING", `a daemon of this board is running already, process ${pid}`);
}

function lastLines(path: string): string {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n").slice(-15).join("\n");
  } catch {
    return "(it said nothing)";
  }
}

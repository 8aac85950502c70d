import { readDaemon } from "../../controller/control.ts";
import { KanbandError } from "../../errors.ts";
import { type Context, print, printJson } from "../context.ts";
import { withBoard } from "../open-board.ts";
import { sleep } from "../sleep.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { endingOf, requestEnding } from "../up/ending.ts";

/** How long an ending may take that does not wait for runs, ms: it stops them with their grace, or only lets go. */
const END_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** Ends the daemon of this board and returns once it is gone. Throws DAEMON_NOT_RUNNING, DAEMON_FAILED. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.down>): Promise<number> {
  return await withBoard(context.dir, async ({ runtimeDir }) => {
    const daemon = readDaemon(runtimeDir);
    if (daemon?.isAlive !== true) throw new KanbandError("DAEMON_NOT_RUNNING", "no daemon of this board is running");
    const { pid } = daemon.identity;
    const ending = endingOf(args);
    requestEnding(runtimeDir, pid, ending);
    process.kill(pid, "SIGTERM");
    if (!args.json && ending === "wait") print(context.out, "Waiting for the runs in progress …");
    await waitUntilGone(runtimeDir, pid, ending === "wait" ? Number.POSITIVE_INFINITY : END_WITHIN_MS);
    if (args.json) printJson(context.out, { pid, ending });
    else print(context.out, `The daemon has ended, process ${pid}.`);
    return 0;
  });
}

async function waitUntilGone(runtimeDir: string, pid: number, withinMs: number): Promise<void> {
  for (const startedAt = Date.now(); Date.now() - startedAt < withinMs; await sleep(LOOK_EVERY_MS)) {
    const daemon = readDaemon(runtimeDir);
    if (daemon === null || !daemon.isAlive || daemon.identity.pid !== pid) return;
  }
  throw new KanbandError("DAEMON_FAILED", `the daemon, process ${pid}, was asked to end and is still there`, {
    hint: `Look at its log, or end it with \`kill -9 ${pid}\`: nothing is lost, the next start carries on.`,
  });
}

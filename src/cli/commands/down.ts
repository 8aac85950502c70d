import { readDaemon } from "../../controller/control.ts";
import { KanbandError } from "../../errors.ts";
import { type Identity, isAlive, ownMachine } from "../../process/identity.ts";
import { type Context, print, printJson } from "../context.ts";
import { withRuntime } from "../open-board.ts";
import { sleep } from "../sleep.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { endingOf, requestEnding } from "../up/ending.ts";

/** How long an ending may take that does not wait for runs, ms: it stops them with their grace, or only lets go. */
const END_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** Ends the daemon of this board and returns once it is gone. Throws DAEMON_NOT_RUNNING, DAEMON_FAILED. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.down>): Promise<number> {
  return await withRuntime(context.dir, async (runtimeDir) => {
    const daemon = readDaemon(runtimeDir);
    if (daemon?.isAlive !== true) throw new KanbandError("DAEMON_NOT_RUNNING", "no daemon of this board is running");
    const { pid, host } = daemon.identity;
    // A number of another machine means somebody else here.
    if (host !== ownMachine().host) {
      throw new KanbandError("DAEMON_FAILED", `the daemon runs on ${host}, process ${pid}`, { hint: "End it there." });
    }
    const ending = endingOf(args);
    requestEnding(runtimeDir, pid, ending);
    process.kill(pid, "SIGTERM");
    if (!args.json && ending === "wait") print(context.out, "Waiting for the runs in progress …");
    await waitUntilGone(daemon.identity, ending === "wait" ? Number.POSITIVE_INFINITY : END_WITHIN_MS);
    if (args.json) printJson(context.out, { pid, ending });
    else print(context.out, `The daemon has ended, process ${pid}.`);
    return 0;
  });
}

async function waitUntilGone(identity: Identity, withinMs: number): Promise<void> {
  for (const startedAt = Date.now(); Date.now() - startedAt < withinMs; await sleep(LOOK_EVERY_MS)) {
    if (!isAlive(identity)) return;
  }
  throw new KanbandError("DAEMON_FAILED", `the daemon, process ${identity.pid}, was asked to end and is still there`, {
    hint: `Look at its log, or end it with \`kill -9 ${identity.pid}\`: nothing is lost, the next start carries on.`,
  });
}

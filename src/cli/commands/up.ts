import { parseDuration } from "../../config/parse-duration.ts";
import { runDaemon } from "../../controller/daemon.ts";
import { KanbandError } from "../../errors.ts";
import type { Board } from "../../observe/open-board.ts";
import { type Context, print, printJson } from "../context.ts";
import { withBoard } from "../open-board.ts";
import { createReader } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { describePlan } from "../up/describe-plan.ts";
import { detach } from "../up/detach.ts";
import { clearRequestedEnding, type Ending, endingOf, readRequestedEnding } from "../up/ending.ts";
import { onSignals } from "../up/on-signals.ts";
import { prepareRepository } from "../up/prepare-repository.ts";
import { createProgress } from "../up/progress.ts";

type UpArgs = ArgsOf<typeof SPECS.up>;

/** Runs the daemon of this board: here with its progress in view, or in the background; or only prints its plan. */
export async function run(context: Context, args: UpArgs): Promise<number> {
  const pollMs = args.poll === null ? null : pollOf(args.poll);
  return await withBoard(context.dir, async (board) => {
    if (args.dryRun) {
      await printPlan(context, board, args.json);
      return 0;
    }
    await prepareRepository(board);
    if (args.detach) await detach(context, board.runtimeDir, { args: flagsForDetached(args), json: args.json });
    else await runHere(context, board, args, pollMs);
    return 0;
  });
}

const SHORTEST_POLL_MS = 100;

function pollOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms >= SHORTEST_POLL_MS) return ms;
  throw new KanbandError("USAGE", `--poll is '${text}'; expected a duration of at least 100ms, such as 2s or 1m`);
}

async function printPlan({ out }: Context, board: Board, isJson: boolean): Promise<void> {
  const { decision } = await createReader(board)();
  if (isJson) printJson(out, { ...decision, waiting: Object.fromEntries(decision.waiting) });
  else print(out, ...describePlan(decision));
}

function flagsForDetached({ untilIdle, poll, stopRuns, wait }: UpArgs): string[] {
  return [
    ...(untilIdle ? ["--until-idle"] : []),
    ...(poll === null ? [] : ["--poll", poll]),
    ...(stopRuns ? ["--stop-runs"] : []),
    ...(wait ? ["--wait"] : []),
  ];
}

const FAREWELLS: Readonly<Record<Ending, string>> = {
  leave: "Ending. Runs in progress go on; the next `kanband up` takes them over.",
  wait: "Ending, once the runs in progress are over. Ctrl-C again: at once.",
  stop: "Ending: the runs are stopped, their work is kept. Ctrl-C again: at once.",
};

async function runHere(context: Context, board: Board, args: UpArgs, pollMs: number | null): Promise<void> {
  const { runtimeDir } = board;
  const progress = createProgress(context, { json: args.json, hasFrames: false, boardRoot: board.boardRoot });
  const ending = (): Ending => readRequestedEnding(runtimeDir, process.pid) ?? endingOf(args);
  const signals = onSignals({
    hasTerminal: context.out.isTerminal,
    exit: context.exit,
    onFirst: () => progress.say(FAREWELLS[ending()]),
  });
  let waiting: readonly string[] = [];
  try {
    const { reason } = await runDaemon({
      board,
      watcher: pollMs === null ? "chokidar" : "none",
      pollMs,
      untilIdle: args.untilIdle,
      onTick: (snapshot, decision) => {
        progress.show(snapshot, decision);
        waiting = snapshot.tasks.filter(({ lane }) => lane === "planned" || lane === "doing").map(({ id }) => id);
      },
      onReady: () => progress.say("Ready. Ctrl-C ends the daemon."),
      signal: signals.signal,
      stopRuns: ending,
    });
    progress.say(reason === "idle" ? describeIdle(waiting) : "The daemon has ended.");
  } finally {
    progress.end();
    signals.dispose();
    if (readRequestedEnding(runtimeDir, process.pid) !== null) clearRequestedEnding(runtimeDir);
  }
}

// A board that stands still with work planned must not look as if it were finished.
function describeIdle(waiting: readonly string[]): string {
  if (waiting.length === 0) return "Nothing is left to do.";
  return `Nothing can be done now; ${waiting.length} wait: ${waiting.slice(0, 5).join(", ")}. \`kanband why <task>\` says why.`;
}

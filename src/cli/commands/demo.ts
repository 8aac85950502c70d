import { runDaemon } from "../../controller/daemon.ts";
import { type Context, print } from "../context.ts";
import { showNext, showResult } from "../demo/farewell.ts";
import { playPerson } from "../demo/play-person.ts";
import { listTasks, makeScratch, newScratchPath, removeScratch } from "../demo/scratch.ts";
import { withBoard } from "../open-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { onSignals } from "../up/on-signals.ts";
import { createProgress, type Progress } from "../up/progress.ts";

/** Lets a real board work in a scratch repository until it settles, then shows what it left. Exit code 1 when it did not settle. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.demo>): Promise<number> {
  const root = newScratchPath();
  const { out } = context;
  try {
    await makeScratch(root);
    print(out, `A scratch repository with a small project and a board of ${listTasks().length} tasks: ${root}`, "");
    const startedAt = Date.now();
    const outcome = await watchUntilSettled({ ...context, here: root }, root);
    if (outcome === "interrupted") return 130;
    print(out, "", `${outcome} after ${((Date.now() - startedAt) / 1000).toFixed(0)} s.`);
    await showResult(out, root);
    showNext(out, args.keep ? root : null);
    return outcome === "Settled" ? 0 : 1;
  } finally {
    if (args.keep) print(out, "", `Kept: ${root}`);
    else await removeScratch(root);
  }
}

type Outcome = "Settled" | "Not settled" | "interrupted";

/** Nobody watches longer than this, ms. */
const LONGEST_MS = 55_000;

async function watchUntilSettled(context: Context, root: string): Promise<Outcome> {
  const progress = createProgress(context, { json: false, hasFrames: true, boardRoot: root });
  const settled = new AbortController();
  const signals = onSignals({ hasTerminal: context.out.isTerminal, exit: context.exit, onFirst: () => undefined });
  const timeout = AbortSignal.timeout(LONGEST_MS);
  try {
    await letItWork(root, progress, settled, AbortSignal.any([settled.signal, signals.signal, timeout]));
  } finally {
    progress.end();
    signals.dispose();
  }
  if (signals.signal.aborted) return "interrupted";
  return settled.signal.aborted ? "Settled" : "Not settled";
}

/** How often the person of the demo looks up, ms. */
const LOOK_UP_MS = 200;

async function letItWork(
  root: string,
  progress: Progress,
  settled: AbortController,
  signal: AbortSignal,
): Promise<void> {
  const person = playPerson(root, (text) => progress.say(text));
  const latest: { look: () => void } = { look: () => undefined };
  const timer = setInterval(() => latest.look(), LOOK_UP_MS);
  try {
    await withBoard(root, (board) =>
      runDaemon({
        board,
        watcher: "chokidar",
        pollMs: null,
        untilIdle: false,
        onTick: (snapshot, decision) => {
          progress.show(snapshot, decision);
          latest.look = () => {
            if (person.act(snapshot)) settled.abort();
          };
        },
        signal,
        stopRuns: () => "stop",
      }),
    );
  } finally {
    clearInterval(timer);
  }
}

import type { Board } from "../../observe/open-board.ts";
import { type Context, print, printJson } from "../context.ts";
import { daemonFacts, daemonNote } from "../daemon-note.ts";
import { createLiveView } from "../live-view.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { placeOf } from "../place-of.ts";
import { type BoardReading, createReader, readBoard } from "../read-board.ts";
import { sleep } from "../sleep.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { renderBoard } from "../status/render-board.ts";
import { statusJson } from "../status/status-json.ts";
import { onSignals } from "../up/on-signals.ts";

/** Shows the board once, or again and again until Ctrl-C. Writes nothing and needs no daemon. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.status>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    if (args.watch) await watch(context, board, args.json);
    else if (args.json) printJson(context.out, factsOf(board, await readBoard(board)));
    else print(context.out, draw(context, board, await readBoard(board)));
    return 0;
  });
}

const LOOK_EVERY_MS = 500;

// On a terminal the board is redrawn in place; elsewhere each new state is printed below the last.
async function watch(context: Context, board: Board, isJson: boolean): Promise<void> {
  const { out } = context;
  const read = createReader(board);
  const view = createLiveView(out);
  const { signal, dispose } = onSignals({ hasTerminal: out.isTerminal, exit: context.exit, onFirst: () => undefined });
  try {
    for (let shown = ""; !signal.aborted; await sleep(LOOK_EVERY_MS, signal)) {
      const reading = await read();
      const facts = factsOf(board, reading);
      const key = timeless(facts);
      if (out.isTerminal && !isJson) view.draw(draw(context, board, reading));
      else if (key !== shown) print(out, isJson ? JSON.stringify(facts) : `${draw(context, board, reading)}\n`);
      shown = key;
    }
  } finally {
    dispose();
  }
}

function draw(context: Context, { boardRoot, runtimeDir }: Board, { snapshot, decision }: BoardReading): string {
  const { out } = context;
  const place = placeOf(context, boardRoot);
  const options = { now: Date.now(), columns: out.columns(), hasColor: out.hasColor, place };
  const board = renderBoard(snapshot, decision, options).trimEnd();
  const note = daemonNote(runtimeDir, snapshot);
  return note === null ? board : `${board}\n\n ${paint(out, "yellow", note)}`;
}

// That time goes on is no change.
function timeless(facts: ReturnType<typeof factsOf>): string {
  return JSON.stringify({ ...facts, observedAt: "", runs: facts.runs.map((run) => ({ ...run, elapsedMs: 0 })) });
}

function factsOf({ runtimeDir }: Board, reading: BoardReading) {
  return { ...statusJson(reading), daemon: daemonFacts(runtimeDir) };
}

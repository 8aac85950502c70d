import type { Board } from "../../observe/open-board.ts";
import { type Context, print, printJson } from "../context.ts";
import { createLiveView } from "../live-view.ts";
import { withBoard } from "../open-board.ts";
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
    else if (args.json) printJson(context.out, statusJson(await readBoard(board)));
    else print(context.out, draw(context, await readBoard(board)));
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
      const text = isJson ? JSON.stringify(statusJson(reading)) : draw(context, reading);
      if (out.isTerminal && !isJson) view.draw(text);
      else if (text !== shown) print(out, text);
      shown = text;
    }
  } finally {
    dispose();
  }
}

function draw({ out }: Context, { snapshot, decision }: BoardReading): string {
  return renderBoard(snapshot, decision, { now: Date.now(), columns: out.columns(), hasColor: out.hasColor }).trimEnd();
}

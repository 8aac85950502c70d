import { readDaemon } from "../../controller/control.ts";
import { type Context, print, printJson } from "../context.ts";
import { createLiveView } from "../live-view.ts";
import { type OpenBoard, withBoard } from "../open-board.ts";
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
    else print(context.out, draw(context, board, await readBoard(board)));
    return 0;
  });
}

import { type Context, print, printJson } from "../context.ts";
import { findTask } from "../find-task.ts";
import { withBoard } from "../open-board.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { renderWhy } from "../status/render-why.ts";

/** Says why a task is not running, in one line that can be grepped, and what to do about it. */
export async function run({ out, dir }: Context, args: ArgsOf<typeof SPECS.why>): Promise<number> {
  return await withBoard(dir, async (board) => {
    const { snapshot, decision } = await readBoard(board);
    const view = findTask(snapshot, args.task);
    if (args.json) printJson(out, { task: view.id, lane: view.lane, waiting: decision.waiting.get(view.id) ?? null });
    else print(out, renderWhy(snapshot, decision, view.id, { now: Date.now(), hasColor: out.hasColor }));
    return 0;
  });
}

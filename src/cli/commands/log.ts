import { type Context, print, printJson } from "../context.ts";
import { findTask } from "../find-task.ts";
import { readHistory } from "../log/read-history.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

/** Prints the history of one task, newest first: the commits that name it, and those that touched or moved its file. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.log>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    const view = findTask(board.boardRoot, snapshot, args.task);
    const entries = await readHistory(board, view.id);
    if (args.json)
      printJson(context.out, {
        task: view.id,
        entries: entries.map((it) => ({ ...it, at: new Date(it.at).toISOString() })),
      });
    else if (entries.length === 0) print(context.out, `${view.id} has no history yet: nothing of it is committed.`);
    for (const { sha, at, author, subject, trailers } of args.json ? [] : entries) {
      const { out } = context;
      print(
        out,
        `${paint(out, "yellow", sha.slice(0, 7))} ${paint(out, "dim", new Date(at).toISOString().slice(0, 16).replace("T", " "))} ${subject}`,
      );
      const details = trailers.filter(([key]) => key !== "Task").map(([key, value]) => `${key}: ${value}`);
      print(out, paint(out, "dim", `        ${[author, ...details].join(" · ")}`));
    }
    return 0;
  });
}

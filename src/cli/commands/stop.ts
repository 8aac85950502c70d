import { KanbandError } from "../../errors.ts";
import type { Context } from "../context.ts";
import { findMovableTask } from "../find-task.ts";
import { moveTask, reportMove } from "../move-task.ts";
import { withBoard } from "../open-board.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

/** Takes a task out of work by moving its file: its run is stopped, its work kept. Throws USAGE when nothing could run. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.stop>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    const view = findMovableTask(board, snapshot, args.task);
    if (view.lane !== "doing" && view.lane !== "planned") {
      throw new KanbandError("USAGE", `'${view.id}' is in ${view.lane}/: nothing of it runs or will start`, {
        hint: `\`kanband move ${view.id} <lane>\` moves it anyway.`,
      });
    }
    const move = moveTask(board, view, args.backlog ? "backlog" : "blocked");
    const next = `Its run is stopped and its work kept; \`kanband show ${view.id}\` says where.`;
    reportMove(context, board, move, { json: args.json, repo: snapshot.repo, next });
    return 0;
  });
}

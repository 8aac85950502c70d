import { KanbandError } from "../../errors.ts";
import type { Context } from "../context.ts";
import { describeAccepted } from "../describe-accepted.ts";
import { findMovableTask } from "../find-task.ts";
import { moveTask, reportMove } from "../move-task.ts";
import { withBoard } from "../open-board.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { isDone } from "../status/progress-of.ts";

/** Accepts a finished task: its file moves to `done/` and the daemon merges it. Throws USAGE when it is not up for review. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.accept>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    const view = findMovableTask(board, snapshot, args.task);
    if (view.lane !== "for_review" && view.lane !== "done") {
      throw new KanbandError("USAGE", `'${view.id}' is in ${view.lane}/, not in for_review/`, {
        hint: `Wait for it, or \`kanband move ${view.id} done\` if you mean it.`,
      });
    }
    const next = describeAccepted(view, snapshot);
    const isOver = isDone(view, snapshot);
    const still = `Nothing was changed: ${isOver ? "it is accepted and done." : `it is accepted; \`kanband why ${view.id}\` says how its merge goes.`}`;
    reportMove(context, board, moveTask(board, view, "done"), { json: args.json, repo: snapshot.repo, next, still });
    return 0;
  });
}

import { isLane, type Lane } from "../../board/lane.ts";
import { KanbandError } from "../../errors.ts";
import type { Context } from "../context.ts";
import { findMovableTask } from "../find-task.ts";
import { moveTask, reportMove } from "../move-task.ts";
import { withBoard } from "../open-board.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

const NEXT: Readonly<Record<Lane, string>> = {
  backlog: "It is parked there; a run of it is stopped and its work kept.",
  planned: "It is queued.",
  doing: "It starts next, ahead of the queue, as soon as a slot is free.",
  for_review: "It waits for `kanband accept` or `kanband rework`.",
  done: "It is merged now.",
  blocked: "It waits there for you; a run of it is stopped and its work kept.",
};

/** Moves a task file to a lane. The daemon does what that move means. */
export async function run(context: Context, args: ArgsOf<typeof SPECS.move>): Promise<number> {
  const { lane } = args;
  if (!isLane(lane)) throw new KanbandError("LANE_UNKNOWN", `no lane '${lane}'`);
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    const move = moveTask(board, findMovableTask(board, snapshot, args.task), lane);
    reportMove(context, board, move, { json: args.json, repo: snapshot.repo, next: NEXT[lane] });
    return 0;
  });
}

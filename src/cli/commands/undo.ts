import { join } from "node:path";
import { describeLate, giveBackLast } from "../../apply/late-writes.ts";
import { type Undone, undoTask } from "../../apply/undo-task.ts";
import type { World } from "../../apply/world.ts";
import { DEFAULTS } from "../../config/defaults.ts";
import { readDaemon } from "../../controller/control.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { createLogger } from "../../log.ts";
import type { Board } from "../../observe/open-board.ts";
import { type Context, print, printJson } from "../context.ts";
import { describeAction, describeUndone } from "../describe-undone.ts";
import { findMovableTask } from "../find-task.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { placeOf } from "../place-of.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { safe } from "../status/words.ts";

/**
 * Takes back what the daemon did last to a task. Throws USAGE when there is nothing to take back, or somebody has gone on
 * from there; TASK_UNKNOWN, TASK_DUPLICATE, BOARD_ELSEWHERE.
 */
export async function run(context: Context, args: ArgsOf<typeof SPECS.undo>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    const view = findMovableTask(board, snapshot, args.task);
    const isAlive = readDaemon(board.runtimeDir)?.isAlive === true;
    const world = worldOf(board, snapshot);
    const undone = await undoTask(world, snapshot, view, { isAlive });
    // A daemon that runs looks itself.
    const late = isAlive ? [] : await giveBackLast(world);
    if (args.json) printJson(context.out, { task: view.id, ...undone, isDaemonAlive: isAlive });
    else report(context, board, { id: view.id, undone, isAlive });
    if (!args.json) for (const it of late) print(context.out, `${safe(it.keptAt ?? it.path)}: ${describeLate(it)}`);
    return 0;
  });
}

function worldOf(board: Board, { settings }: Snapshot): World {
  return {
    ...board,
    worktreesDir: join(board.codeRepo.top, ".kanband", "worktrees"),
    clock: Date.now,
    settings: () => settings ?? DEFAULTS,
    log: createLogger(null),
  };
}

function report(
  context: Context,
  { boardRoot }: Board,
  { id, undone, isAlive }: { id: string; undone: Undone; isAlive: boolean },
): void {
  const { out } = context;
  print(out, `${paint(out, "bold", safe(id))}  taken back: ${describeAction(undone.action)}`);
  print(out, `It is in ${undone.lane}/ now: ${placeOf(context, boardRoot)(undone.path)}`);
  for (const line of describeUndone(id, undone, { isAlive })) print(out, line);
}

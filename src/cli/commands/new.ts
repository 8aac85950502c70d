import { existsSync } from "node:fs";
import { join } from "node:path";
import { isLane } from "../../board/lane.ts";
import { slugOf } from "../../board/task-file.ts";
import type { Snapshot } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";
import type { Board } from "../../observe/open-board.ts";
import { unknownNames } from "../check/unknown-names.ts";
import { type Context, print, printJson } from "../context.ts";
import { findTask, requireBoardHere } from "../find-task.ts";
import { formatNewTask } from "../format-new-task.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { placeFile } from "../place-file.ts";
import { placeOf } from "../place-of.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";

/**
 * Writes a task file with an id of its own. Throws USAGE for an empty title, TASK_UNKNOWN for a dependency that is not there,
 * BOARD_ELSEWHERE.
 */
export async function run(context: Context, args: ArgsOf<typeof SPECS.new>): Promise<number> {
  const title = args.title.trim();
  const lane = args.lane ?? "backlog";
  if (!isLane(lane)) throw new KanbandError("LANE_UNKNOWN", `no lane '${lane}'`);
  if (title === "") throw new KanbandError("USAGE", "the title is empty");
  const body = args.body === "-" ? await context.readStdin() : (args.body ?? "");
  return await withBoard(context.dir, async (board) => {
    const { snapshot } = await readBoard(board);
    requireBoardHere(snapshot);
    const dependencies = args.depends.map((word) => findTask(board.boardRoot, snapshot, word).id);
    const { priority, persona, workflow, review } = args;
    const text = formatNewTask({ title, priority, persona, workflow, review, dependencies, body });
    const { id, path } = createTask(board, snapshot, { slug: slugOf(title), lane, text });
    const pins = { persona, workflow, review, agent: null, slot: null, model: null };
    const warnings = unknownNames(path, pins, snapshot).map(({ message }) => message);
    if (args.json) printJson(context.out, { task: id, lane, path, warnings });
    else report(context, { id, lane, place: placeOf(context, board.boardRoot)(path) }, warnings);
    return 0;
  });
}

// Nothing that was ever called so is taken over: no file in any lane, no session folder, no branch.
function createTask(
  { boardRoot }: Board,
  snapshot: Snapshot,
  { slug, lane, text }: { slug: string; lane: string; text: string },
): { id: string; path: string } {
  const taken = new Set(
    snapshot.tasks.flatMap(({ id, task }) => [id, ...(task?.aliases ?? [])]).map((it) => it.toLowerCase()),
  );
  for (let count = 1; ; count++) {
    const id = count === 1 ? slug : `${slug}-${count}`;
    if (
      taken.has(id) ||
      snapshot.branches.has(id) ||
      snapshot.cycles.has(id) ||
      existsSync(join(boardRoot, "sessions", id))
    )
      continue;
    const path = `board/${lane}/${id}.md`;
    // A lane that somebody removed is made again.
    if (placeFile(join(boardRoot, path), text)) return { id, path };
  }
}

function report(
  { out }: Context,
  { id, lane, place }: { id: string; lane: string; place: string },
  warnings: readonly string[],
): void {
  print(out, `${paint(out, "bold", id)}  ${place}`);
  for (const it of warnings) print(out, `${paint(out, "yellow", "warning")} it ${it}`);
  if (lane === "backlog") {
    print(out, `Write down what is wanted there, then \`kanband move ${id} planned\`.`);
  }
}

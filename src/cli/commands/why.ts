import type { TaskView } from "../../decide/snapshot.ts";
import { type Context, print, printJson } from "../context.ts";
import { daemonNote } from "../daemon-note.ts";
import { findTask } from "../find-task.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { explainTask, renderWhy } from "../status/render-why.ts";

/** Says why a task is not running, in one line that can be grepped, and what to do about it. */
export async function run({ out, dir }: Context, args: ArgsOf<typeof SPECS.why>): Promise<number> {
  return await withBoard(dir, async (board) => {
    const { snapshot, decision } = await readBoard(board);
    const view = findTask(board.boardRoot, snapshot, args.task);
    const now = Date.now();
    if (args.json) printJson(out, { ...factsOf(view), reason: explainTask(snapshot, decision, view, now) });
    else print(out, renderWhy(snapshot, decision, view.id, { now, hasColor: out.hasColor }).trimEnd());
    const note = args.json ? null : daemonNote(board.runtimeDir, snapshot);
    if (note !== null) print(out, paint(out, "yellow", `  ${note}`));
    return 0;
  });
}

function factsOf({ id, lane, path, findings, duplicates }: TaskView) {
  return { task: id, lane, path, findings, duplicates: duplicates.map((it) => it.path) };
}

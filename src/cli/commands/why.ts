import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import type { Board } from "../../observe/open-board.ts";
import { type Context, print, printJson } from "../context.ts";
import { countCycleCommits } from "../count-cycle-commits.ts";
import { daemonNote } from "../daemon-note.ts";
import { findTask, idOf, seekTask } from "../find-task.ts";
import { findTraces, lookAtBranch } from "../find-traces.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { placeOf } from "../place-of.ts";
import { readBoard } from "../read-board.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { describeRun, explainTask, renderWhy } from "../status/render-why.ts";
import { stepsJson } from "../status/step-json.ts";
import { stepProgress, stepViews } from "../status/step-views.ts";
import { safe } from "../status/words.ts";

/**
 * Says why a task is not running, in one line that can be grepped, and what to do about it; of a task whose file is gone or
 * out of sight, what is left of it. Throws TASK_UNKNOWN, BOARD_ELSEWHERE.
 */
export async function run(context: Context, args: ArgsOf<typeof SPECS.why>): Promise<number> {
  const { out, dir, here } = context;
  return await withBoard(dir, async (board) => {
    const { snapshot, decision } = await readBoard(board);
    const now = Date.now();
    const view = seekTask(board.boardRoot, snapshot, args.task);
    if (view === null) return explainGone(context, board, snapshot, args);
    if (args.json) {
      const steps = stepViews(view, snapshot);
      const facts = { progress: stepProgress(steps), steps: stepsJson(steps) };
      printJson(out, { ...factsOf(view), reason: explainTask(snapshot, decision, view, now), ...facts });
    } else {
      const commits = await countCycleCommits(board, snapshot, view.id);
      const options = { now, hasColor: out.hasColor, place: placeOf({ here }, board.boardRoot), commits };
      print(out, renderWhy(snapshot, decision, view.id, options).trimEnd());
    }
    const note = args.json ? null : daemonNote(board.runtimeDir, snapshot);
    if (note !== null) print(out, paint(out, "yellow", `  ${note}`));
    return 0;
  });
}

function explainGone({ out }: Context, board: Board, snapshot: Snapshot, args: ArgsOf<typeof SPECS.why>): number {
  const id = idOf(args.task);
  const traces = findTraces(board, snapshot, args.task);
  const run = describeRun(snapshot, id, Date.now());
  if (run === null && traces === null) findTask(board.boardRoot, snapshot, args.task);
  const { state, detail } = snapshot.repo;
  const reason = run ?? (state === "elsewhere" || state === "missing" ? detail : "its file is gone");
  if (args.json) {
    printJson(out, { task: id, lane: null, path: null, findings: [], duplicates: [], reason });
    return 0;
  }
  print(out, `${paint(out, "bold", safe(id))}: ${safe(reason)}`);
  if (run !== null && detail !== "") print(out, `  ${paint(out, "dim", "board")} ${safe(detail)}`);
  if (traces?.branch != null)
    print(out, `  ${paint(out, "dim", "work")}  ${lookAtBranch(snapshot, traces.branch.name)}`);
  print(out, `  ${paint(out, "dim", "next")}  kanband log ${safe(id)}`);
  return 0;
}

function factsOf({ id, lane, path, findings, duplicates }: TaskView) {
  return { task: id, lane, path, findings, duplicates: duplicates.map((it) => it.path) };
}

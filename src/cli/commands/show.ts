import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "../../board/session.ts";
import { cleanText } from "../../board/text.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import { listKeptWhole } from "../../git/kept-whole.ts";
import type { Board } from "../../observe/open-board.ts";
import { type Context, print, printJson } from "../context.ts";
import { findTask, seekTask } from "../find-task.ts";
import { findTraces, type KeptRef, listPreserved, lookAtBranch, type Traces } from "../find-traces.ts";
import { withBoard } from "../open-board.ts";
import { paint } from "../paint.ts";
import { type PlaceOf, placeOf } from "../place-of.ts";
import { type BoardReading, readBoard } from "../read-board.ts";
import { describeSession, factLines } from "../show/describe-task.ts";
import type { ArgsOf, SPECS } from "../specs.ts";
import { drawSteps } from "../status/draw-steps.ts";
import { print as printLine } from "../status/line.ts";
import { stepsJson } from "../status/step-json.ts";
import { type StepView, stepProgress, stepViews } from "../status/step-views.ts";
import { safe } from "../status/words.ts";

/**
 * Prints everything known about one task: facts, why it waits, sessions, preserved work, and the file itself; of a task whose
 * file is gone what is left of it. Throws TASK_UNKNOWN.
 */
export async function run(context: Context, args: ArgsOf<typeof SPECS.show>): Promise<number> {
  return await withBoard(context.dir, async (board) => {
    const reading = await readBoard(board);
    const { snapshot } = reading;
    const view = seekTask(board.boardRoot, snapshot, args.task);
    const traces = view === null ? findTraces(board, snapshot, args.task) : null;
    if (traces !== null) {
      if (args.json) printJson(context.out, { view: null, ...traces });
      else reportTraces(context, snapshot, traces);
      return 0;
    }
    const facts = collect(board, reading, view ?? findTask(board.boardRoot, snapshot, args.task));
    if (args.json) printJson(context.out, { ...facts, steps: stepsJson(facts.steps) });
    else report(context, snapshot, { ...facts, place: placeOf(context, board.boardRoot) });
    return 0;
  });
}

type TaskFacts = {
  view: TaskView;
  waiting: string | null;
  /** Empty for a task with only one. */
  steps: readonly StepView[];
  sessions: readonly Session[];
  branch: { name: string; sha: string; isMerged: boolean | null } | null;
  /** Work kept before a stop, a retry or a clean-up; newest last. */
  preserved: readonly KeptRef[];
  /** What no commit could hold: paths below the top of the code repository. */
  kept: readonly string[];
  text: string | null;
};

function collect({ boardRoot, codeRepo }: Board, { snapshot, decision }: BoardReading, view: TaskView): TaskFacts {
  const branch = snapshot.branches.get(view.id);
  return {
    view,
    waiting: decision.waiting.get(view.id) ?? null,
    steps: stepViews(view, snapshot),
    sessions: snapshot.sessions.get(view.id) ?? [],
    branch: branch === undefined ? null : { name: `kanband/${view.id}`, ...branch },
    preserved: listPreserved({ codeRepo }, view.id),
    kept: listKeptWhole(codeRepo, view.id),
    text: readIfText(join(boardRoot, view.path)),
  };
}

function readIfText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function report({ out }: Context, snapshot: Snapshot, facts: TaskFacts & { place: PlaceOf }): void {
  const { view, waiting, steps, sessions, branch, preserved, kept, text, place } = facts;
  print(out, `${paint(out, "bold", safe(view.task?.title ?? view.id))}`);
  const lines = factLines(view, waiting, branch, sessions);
  if (branch !== null && branch.isMerged !== true) lines.push(["its work", lookAtBranch(snapshot, branch.name)]);
  for (const [name, value] of lines) print(out, `  ${paint(out, "dim", name.padEnd(12))} ${safe(value)}`);
  for (const { path, line, message, hint } of view.findings) {
    print(
      out,
      `  ${paint(out, "red", "broken".padEnd(12))} ${place(path)}:${line ?? 1}: ${safe(message)}${hint === null ? "" : ` ${safe(hint)}`}`,
    );
  }
  reportSteps(out, steps);
  if (sessions.length > 0)
    print(
      out,
      "",
      paint(out, "bold", "Sessions"),
      ...sessions.map((it) => `  ${safe(describeSession({ ...it, path: place(it.path) }))}`),
    );
  reportPreserved(out, preserved, kept);
  if (text !== null) print(out, "", paint(out, "bold", place(view.path)), "", cleanText(text).trimEnd());
}

function reportSteps(out: Context["out"], steps: readonly StepView[]): void {
  const progress = stepProgress(steps);
  if (progress === null) return;
  const rows = drawSteps(steps, Date.now()).map((line) => `  ${printLine(line, out.hasColor)}`);
  print(out, "", `${paint(out, "bold", "Steps")}  ${progress.done} of ${progress.total} done`, ...rows);
}

function reportTraces({ out }: Context, snapshot: Snapshot, { id, branch, sessions, preserved, kept }: Traces): void {
  print(out, paint(out, "bold", id));
  const isSeen = snapshot.repo.state === "ready" || snapshot.repo.state === "busy";
  print(out, `  its file is ${isSeen ? "gone" : `not to be seen: ${safe(snapshot.repo.detail)}`}`);
  const facts: [string, string | null][] = [
    ["branch", branch === null ? null : `${branch.name} at ${branch.sha.slice(0, 7)}`],
    ["its work", branch === null ? null : lookAtBranch(snapshot, branch.name)],
    ["sessions", sessions === null ? null : `${sessions}/`],
    ["history", `kanband log ${id}`],
  ];
  for (const [name, value] of facts) {
    if (value !== null) print(out, `  ${paint(out, "dim", name.padEnd(12))} ${value}`);
  }
  reportPreserved(out, preserved, kept);
}

function reportPreserved(out: Context["out"], preserved: readonly KeptRef[], kept: readonly string[]): void {
  if (preserved.length + kept.length === 0) return;
  print(out, "", paint(out, "bold", "Preserved work"));
  for (const path of kept) print(out, `  as it was  ${safe(path)}`);
  for (const { ref, sha } of preserved) print(out, `  ${sha.slice(0, 7)}  git switch -c rescue ${ref}`);
  if (preserved.length > 0) print(out, "  `kanband preserved` shows, restores and drops them.");
}

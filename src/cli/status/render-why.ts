import { branchOf } from "../../board/branch.ts";
import type { Decision } from "../../decide/action.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import { KanbandError } from "../../errors.ts";
import { lookAtBranch } from "../find-traces.ts";
import type { PlaceOf } from "../place-of.ts";
import { type CommitCounts, cycleLines, pickHint } from "./cycle-lines.ts";
import { drawSteps } from "./draw-steps.ts";
import { type Line, print } from "./line.ts";
import { nextSteps } from "./next-steps.ts";
import { slotViews } from "./slot-views.ts";
import { stepProgress, stepViews } from "./step-views.ts";
import { formatElapsed, safe } from "./words.ts";

/**
 * Why a task is not running: first one line that can be grepped, `<id>: <reason>`, then what to do about it.
 * Throws TASK_UNKNOWN.
 */
export function renderWhy(
  snapshot: Snapshot,
  decision: Decision,
  taskId: string,
  {
    now,
    hasColor,
    place = safe,
    commits = new Map(),
  }: { now: number; hasColor: boolean; place?: PlaceOf; commits?: CommitCounts },
): string {
  const view = snapshot.tasks.find(({ id }) => id === taskId);
  if (view === undefined) throw new KanbandError("TASK_UNKNOWN", `no task '${taskId}'`);
  const reason = explainTask(snapshot, decision, view, now);
  const pick = pickHint(view, snapshot, place);
  const lines: Line[] = [
    [[safe(view.id), "bold"], [": "], [safe(reason)]],
    [["  file  ", "dim"], [place(view.path)]],
    ...[...workOf(view, snapshot), ...cycleLines(view, snapshot, commits)].map(
      (it): Line => [["  work  ", "dim"], [it]],
    ),
    ...view.findings.map(
      (it): Line => [
        ["  line  ", "dim"],
        [`${it.line ?? 1}: ${safe(it.message)}`, "red"],
      ],
    ),
    ...view.duplicates.map(
      (it): Line => [
        ["  also  ", "dim"],
        [place(it.path), "red"],
      ],
    ),
    ...stepLines(view, snapshot, now),
    ...[...(pick === null ? [] : [pick]), ...nextSteps(view, snapshot, { reason, place })].map(
      (it): Line => [["  next  ", "dim"], [it]],
    ),
  ];
  return lines.map((line) => `${print(line, hasColor)}\n`).join("");
}

// Of what is accepted nobody asks how far it has come.
function stepLines(view: TaskView, snapshot: Snapshot, now: number): Line[] {
  const steps = view.lane === "done" ? [] : stepViews(view, snapshot);
  const progress = stepProgress(steps);
  if (progress === null) return [];
  return [
    [["  steps ", "dim"], [`${progress.done} of ${progress.total} done`]],
    ...drawSteps(steps, now).map((it): Line => [["    "], ...it]),
  ];
}

/** The one line: what the task waits for, or what it is doing. */
export function explainTask(snapshot: Snapshot, decision: Decision, view: TaskView, now: number): string {
  const waiting = decision.waiting.get(view.id);
  if (waiting !== undefined) return waiting;
  const run = describeRun(snapshot, view.id, now);
  if (run !== null) return run;
  if (decision.actions.some((it) => "taskId" in it && it.taskId === view.id))
    return "its turn has come: it goes on at once";
  return restingWords(view);
}

/** The runs of a task that hold slots, in words; null when there is none. */
export function describeRun(snapshot: Snapshot, taskId: string, now: number): string | null {
  const runs = slotViews(snapshot).flatMap(({ taskId: id, name, step, run }) =>
    id === taskId && run !== null ? [{ name, step, run }] : [],
  );
  if (runs.length === 0) return null;
  const parts = runs.map(({ name, step, run: { persona, startedAt, lastLine } }) => {
    const what = step === null ? "" : `step ${step} `;
    const who = persona === null || persona === step ? "" : ` as ${persona}`;
    return `${what}in slot ${name}${who} for ${formatElapsed(now - startedAt)}${lastLine === null ? "" : `: ${lastLine}`}`;
  });
  return `runs ${parts.join("; ")}`;
}

// What was kept of a run that was stopped, and what there is to review, is on the task's branch.
function workOf({ id, lane }: TaskView, snapshot: Snapshot): string[] {
  const branch = snapshot.branches.get(id);
  if (branch === undefined || branch.isMerged === true || lane === "doing") return [];
  return [safe(lookAtBranch(snapshot, branchOf(id)))];
}

function restingWords({ lane, task }: TaskView): string {
  switch (lane) {
    case "backlog":
      return "is parked in backlog/: nothing there is ever started";
    case "planned":
    case "doing":
      return "nothing keeps it from running: it is next";
    case "for_review":
      return "is finished and checked, and waits for a person";
    case "done":
      return "is done";
    case "blocked":
      return task?.blocked == null ? "waits for a person" : `is blocked: ${task.blocked}`;
  }
}

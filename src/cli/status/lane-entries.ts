import type { Lane } from "../../board/lane.ts";
import { REVIEW_STEP } from "../../board/review-claim.ts";
import type { Session } from "../../board/session.ts";
import { PRIORITIES } from "../../board/task.ts";
import { reviewWords } from "../../decide/review-words.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import type { Style } from "../paint.ts";
import type { Line, Span } from "./line.ts";
import { isDone } from "./progress-of.ts";
import { type StepProgress, stepProgress, stepViews, stepWords } from "./step-views.ts";
import { formatElapsed, safe } from "./words.ts";

/** One task as it is shown in its lane. `isDone`: accepted, and merged where there was something to merge. */
export type LaneEntry = { view: TaskView; mark: Span; isDone: boolean; notes: readonly Span[] };

/** How many tasks of a lane are shown before the rest is only counted. */
export const ENTRIES_MAX: Readonly<Record<Lane, number>> = {
  backlog: 8,
  planned: 12,
  doing: 16,
  for_review: 12,
  done: 5,
  blocked: 12,
};

/**
 * The tasks of a lane in the order in which they matter: broken first, then by priority, then by age; in `done/` what is not
 * merged yet first.
 */
export function entriesOf(snapshot: Snapshot, lane: Lane, now: number): LaneEntry[] {
  const running = new Set(snapshot.runs.map((it) => it.taskId));
  return snapshot.tasks
    .filter((it) => it.lane === lane)
    .map((view) => ({ view, isDone: isDone(view, snapshot) }))
    .toSorted(lane === "done" ? byRecency : (a, b) => byUrgency(a.view, b.view))
    .map(({ view, isDone: it }, index) => {
      // Nobody sees the notes of what is only counted.
      const progress = index < ENTRIES_MAX[lane] && !it ? stepProgress(stepViews(view, snapshot)) : null;
      const notes = [...progressOf(progress), ...notesOf(view, snapshot, now)];
      return { view, isDone: it, mark: markOf(view, it, running.has(view.id)), notes };
    });
}

/** Title of a task that is not done yet, where it says more than its id. */
export function titleOf({ id, lane, task }: TaskView): string | null {
  if (task === null || lane === "done" || plain(task.title) === plain(id)) return null;
  return safe(task.title);
}

/** The line that carries mark and id. */
export function headOf({ view, mark, isDone: isOver }: LaneEntry): Line {
  return [mark, [" "], [safe(view.id), isOver ? "dim" : styleOf(view)]];
}

function styleOf({ task }: TaskView): Style | undefined {
  return task?.priority === "urgent" || task?.priority === "high" ? "bold" : undefined;
}

function markOf(view: TaskView, isOver: boolean, isRunning: boolean): Span {
  if (isBroken(view)) return ["x", "red"];
  if (isRunning) return ["●", "green"];
  switch (view.lane) {
    case "done":
      return isOver ? ["✓", "green"] : ["◇", "yellow"];
    case "blocked":
      return ["■", "red"];
    case "for_review":
      return ["◆", "yellow"];
    case "doing":
      return ["○"];
    case "planned":
    case "backlog":
      if (view.task?.priority === "urgent") return ["!", "red"];
      if (view.task?.priority === "high") return ["!", "yellow"];
      return view.lane === "planned" ? ["○"] : ["·", "dim"];
  }
}

function progressOf(progress: StepProgress | null): Span[] {
  return progress === null || progress.done === 0 ? [] : [[stepWords(progress), "dim"]];
}

function notesOf(view: TaskView, snapshot: Snapshot, now: number): Span[] {
  const notes: Span[] = [];
  if (isBroken(view)) notes.push([safe(problemOf(view)), "red"]);
  if (view.task?.stale != null) notes.push([`stale: ${safe(view.task.stale)}`, "yellow"]);
  if (view.task?.blocked != null) notes.push([safe(view.task.blocked), view.lane === "blocked" ? "red" : "yellow"]);
  const review = view.lane === "for_review" ? reviewOfTip(view, snapshot) : null;
  if (review !== null) notes.push([safe(reviewWords(review)), review.verdict === "clean" ? "green" : "yellow"]);
  if (view.lane === "for_review" && view.enteredAt !== null)
    notes.push([`for ${formatElapsed(now - view.enteredAt)}`, "dim"]);
  return notes;
}

function reviewOfTip({ id }: TaskView, { sessions, branches }: Snapshot): Session | null {
  const tip = branches.get(id)?.sha;
  const found = sessions.get(id)?.find(({ step, state, commitSha }) => {
    return step === REVIEW_STEP && state !== "running" && commitSha === tip;
  });
  return found ?? null;
}

function isBroken(view: TaskView): boolean {
  return (view.task === null && !view.isNameOnly) || view.duplicates.length > 0;
}

function problemOf(view: TaskView): string {
  const [twin] = view.duplicates;
  if (twin !== undefined) return `also at ${twin.path}`;
  const finding = view.findings.find((it) => it.severity === "error") ?? view.findings[0];
  if (finding === undefined) return "cannot be read";
  return finding.line === null ? finding.message : `line ${finding.line}: ${finding.message}`;
}

function byUrgency(a: TaskView, b: TaskView): number {
  return Number(isBroken(b)) - Number(isBroken(a)) || rank(a) - rank(b) || age(a) - age(b) || byId(a, b);
}

// What is not merged yet matters more than what is over.
function byRecency(a: { view: TaskView; isDone: boolean }, b: { view: TaskView; isDone: boolean }): number {
  return Number(a.isDone) - Number(b.isDone) || age(b.view) - age(a.view) || byId(a.view, b.view);
}

function rank({ task }: TaskView): number {
  return PRIORITIES.indexOf(task?.priority ?? "normal");
}

function age({ enteredAt }: TaskView): number {
  return enteredAt ?? 0;
}

function byId(a: TaskView, b: TaskView): number {
  return a.id < b.id ? -1 : 1;
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, "");
}

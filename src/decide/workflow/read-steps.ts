import { type ActiveBoard, indexBoard, isReadable } from "../board-index.ts";
import type { Snapshot, TaskView } from "../snapshot.ts";
import { readStarts, type Starts } from "../starts.ts";
import { workflowOf } from "../steps-of.ts";
import { restingStepsOf, type TaskSteps, taskStepsOf } from "./task-steps.ts";

/** The steps of a task; null for one that has only one, or of which they cannot be known. */
type StepsReader = (view: TaskView) => TaskSteps | null;

/** Where the steps of a task stand, for whoever only looks; null for a task that has only one, or whose steps cannot be known. */
export function readSteps(view: TaskView, snapshot: Snapshot): TaskSteps | null {
  const known = readers.get(snapshot) ?? createReader(snapshot);
  readers.set(snapshot, known);
  return known(view);
}

// Whoever draws a board asks of many tasks, and again a second later; nobody changes a snapshot.
const readers = new WeakMap<Snapshot, StepsReader>();

function createReader(snapshot: Snapshot): StepsReader {
  const { settings } = snapshot;
  if (settings === null) return () => null;
  const board: ActiveBoard = { ...indexBoard(snapshot), settings };
  const answers = new WeakMap<TaskView, TaskSteps | null>();
  const read: { starts: Starts | null } = { starts: null };
  return (view) => {
    const known = answers.get(view);
    if (known !== undefined) return known;
    const steps = stepsOf(view, board, () => (read.starts ??= readStarts(board)));
    answers.set(view, steps);
    return steps;
  };
}

function stepsOf(view: TaskView, board: ActiveBoard, readOnce: () => Starts): TaskSteps | null {
  if (!isReadable(view)) return null;
  const workflow = workflowOf(view.task, board);
  if (workflow === null || "problem" in workflow) return null;
  // Of what is accepted the session files are read only where somebody needed them.
  if (view.lane === "done" && !board.snapshot.sessions.has(view.id)) return null;
  const isActive = view.lane === "planned" || view.lane === "doing";
  return isActive ? taskStepsOf(view, workflow, readOnce()) : restingStepsOf(view, workflow, readOnce());
}

import type { Persona } from "../board/persona.ts";
import { NO_REVIEW } from "../board/review-claim.ts";
import { didYouMean } from "../board/suggest.ts";
import type { Task } from "../board/task.ts";
import type { Workflow } from "../board/workflow.ts";
import type { Settings } from "../config/settings.ts";
import type { ActiveBoard, ReadableView } from "./board-index.ts";
import { oneLine } from "./one-line.ts";
import { missingPersona, workflowOf } from "./steps-of.ts";

/** Whether anybody is named to review a task, by itself or by the settings. */
export function isReviewWanted(task: Pick<Task, "review"> | null, settings: Pick<Settings, "review"> | null): boolean {
  return (task?.review ?? settings?.review ?? NO_REVIEW) !== NO_REVIEW;
}

/**
 * Who is to review a task in `for_review/`; null: nobody. What the settings say holds for tasks that have a branch, and whose
 * workflow has no reviewer of its own; what the task says holds as it is written.
 */
export function reviewerOf(view: ReadableView, board: ActiveBoard): Persona | { problem: string } | null {
  const { task, id } = view;
  const { settings, snapshot } = board;
  if (!isReviewWanted(task, settings)) return null;
  const name = task.review ?? settings.review ?? NO_REVIEW;
  const workflow = workflowOf(task, board);
  if (task.review === null) {
    if (!snapshot.branches.has(id)) return null;
    if (workflow !== null && ("problem" in workflow || hasReviewer(workflow))) return null;
  }
  if (workflow !== null && "roundRobin" in workflow && workflow.roundRobin !== null) {
    return task.review === null ? null : { problem: "the turns of a round-robin are not reviewed: `pick:` one" };
  }
  const persona = snapshot.personas.get(name);
  if (persona !== undefined) return persona;
  return { problem: oneLine(missingPersona(name, snapshot.findings) + didYouMean(name, snapshot.personas.keys())) };
}

function hasReviewer({ steps, roundRobin }: Workflow): boolean {
  const judges = steps.some(({ verdicts, rework }) => {
    return rework !== null || verdicts === "reviewer" || verdicts === "reconciler";
  });
  return judges || roundRobin !== null;
}

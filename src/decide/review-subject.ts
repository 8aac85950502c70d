import type { Session } from "../board/session.ts";
import { type ReadableView, sessionsOf } from "./board-index.ts";
import { historyOf } from "./history.ts";
import type { Subject } from "./review-record.ts";
import type { Starts } from "./starts.ts";
import { workflowOf } from "./steps-of.ts";
import { resultNodes } from "./workflow/result-nodes.ts";
import { restingStepsOf } from "./workflow/task-steps.ts";

/** What is there to review of a task that rests: the tip of its branch, and the step that would mend it. */
export function subjectOf(view: ReadableView, starts: Starts): Subject {
  return { sha: starts.board.snapshot.branches.get(view.id)?.sha ?? null, work: workOf(view, starts) };
}

/** Whether the branch holds nothing that its base does not: who only reads has a branch as well. */
export function isUnchanged({ sha, work }: Subject, { board }: Starts): boolean {
  if (sha === null) return false;
  if (sha === board.snapshot.repo.baseSha) return true;
  return work !== null && work.commitSha === sha && work.startSha === sha && (work.touched ?? []).length === 0;
}

function workOf(view: ReadableView, starts: Starts): Session | null {
  const { board } = starts;
  const workflow = workflowOf(view.task, board);
  if (workflow === null || "problem" in workflow) return historyOf(board, view.id).step;
  if (sessionsOf(board, view.id).length === 0) return null;
  const { states, graph, records } = restingStepsOf(view, workflow, starts);
  return resultNodes(states, graph).flatMap(({ id }) => records.get(id) ?? [])[0] ?? null;
}

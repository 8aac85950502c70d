import type { Session } from "../board/session.ts";
import { type ActiveBoard, indexBoard, isReadable, type ReadableView } from "./board-index.ts";
import type { Snapshot, TaskView } from "./snapshot.ts";
import { stepsOf } from "./steps-of.ts";
import { approvedShas, openPlans, PLAN_DIGITS } from "./workflow/gate.ts";
import { readSteps } from "./workflow/read-steps.ts";
import type { TaskSteps } from "./workflow/task-steps.ts";

/** What an approval of a task would open. */
export type Approval = {
  /** The steps that wait for nothing else. */
  steps: readonly string[];
  /** The session files to be approved; none where a step follows no plan. */
  plans: readonly Session[];
  /** The ids that `approved:` is to name: those of the plans, and those it names already and that are still true. */
  shas: readonly string[];
};

/** What a task waits for a person to approve; null when it waits for no approval, or none would help. */
export function approvalOf(view: TaskView, snapshot: Snapshot): Approval | null {
  const { settings } = snapshot;
  if (settings === null || !isReadable(view) || (view.lane !== "planned" && view.lane !== "doing")) return null;
  const found = readSteps(view, snapshot);
  if (found === null) return approvalOfOne(view, { ...indexBoard(snapshot), settings });
  const { graph, states, situation } = found;
  const gated = graph.nodes.filter((node) => states.get(node.id)?.kind === "gate");
  const waiting = settings.trust === "shadow" ? gated.filter((it) => !it.mutates) : gated;
  if (waiting.length === 0) return null;
  const plans = [...new Set(waiting.flatMap((node) => openPlans(node, situation)))];
  return { steps: waiting.map(({ id }) => id), plans, shas: [...stillTrue(found), ...plans.map(shaOf)] };
}

// A task with one step has no plan of its own: what is approved is the task.
function approvalOfOne({ task }: ReadableView, board: ActiveBoard): Approval | null {
  const found = stepsOf(task, board);
  if ("problem" in found || board.settings.trust !== "recommend") return null;
  const [{ persona, name }] = found.steps;
  return persona.mutates && task.approved === null && task.assigned === null
    ? { steps: [name], plans: [], shas: [] }
    : null;
}

function stillTrue({ records, situation }: TaskSteps): string[] {
  const known = [...records.values()].flatMap(({ messageSha }) => messageSha ?? []);
  return approvedShas(situation.task.approved).filter((it) => known.some((sha) => sha.startsWith(it)));
}

function shaOf({ messageSha }: Session): string {
  return (messageSha ?? "").slice(0, PLAN_DIGITS);
}

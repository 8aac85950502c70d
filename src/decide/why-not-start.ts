import type { Finding } from "../board/finding.ts";
import type { ReadableView } from "./board-index.ts";
import { requestProblem } from "./decide-requests.ts";
import { oneLine } from "./one-line.ts";
import { overrideReason } from "./override-problems.ts";
import type { TaskView } from "./snapshot.ts";
import type { Starts } from "./starts.ts";
import { type Step, stepsOf } from "./steps-of.ts";

/** The next step of a task, or why it may not start whatever slot were free. Goes from the file outwards. */
export function startOf(view: ReadableView, starts: Starts): { step: Step } | { reason: string } {
  const { board } = starts;
  const ofFile = findingReason(view) ?? requestProblem(view) ?? overrideReason(view.task, board.snapshot);
  if (ofFile !== null) return { reason: ofFile };
  const steps = stepsOf(view.task, board);
  if ("problem" in steps) return { reason: steps.problem };
  const [step] = steps.steps;
  const reason = slotPinReason(view, starts) ?? starts.dependencyReason(view) ?? trustReason(view, step, starts);
  return reason === null ? { step } : { reason };
}

/** Why no step of a task may begin, whatever slot were free; null: nothing keeps them all. */
export function waitReason(view: ReadableView, starts: Starts): string | null {
  return (
    findingReason(view) ??
    requestProblem(view) ??
    overrideReason(view.task, starts.board.snapshot) ??
    slotPinReason(view, starts) ??
    starts.dependencyReason(view)
  );
}

/** What is wrong with the file of a task, with path and line; null when nothing is. */
export function findingReason(view: TaskView): string | null {
  const finding = view.findings.find(({ severity }) => severity === "error");
  if (finding !== undefined) return describeFinding(finding);
  return view.task === null && !view.isNameOnly ? `${view.path} cannot be read` : null;
}

function describeFinding({ path, line, message }: Finding): string {
  return oneLine(`${path}${line === null ? "" : `:${line}`}: ${message}`);
}

function slotPinReason({ task }: ReadableView, { board }: Starts): string | null {
  const { slot } = task;
  if (slot === null) return null;
  const names = board.settings.slots.map(({ name }) => name);
  return names.includes(slot)
    ? null
    : oneLine(`pinned to slot ${slot}, which the settings do not have: ${names.join(", ")}`);
}

function trustReason({ task }: ReadableView, { persona }: Step, { board }: Starts): string | null {
  const { trust } = board.settings;
  if (!persona.mutates) return null;
  if (trust === "shadow") return `trust is shadow: ${persona.id} would change files, and only reading runs`;
  if (trust === "recommend" && task.approved === null) {
    return oneLine(
      `trust is recommend: waits for \`kanband approve ${task.id}\`, or \`approved: <who> <when>\` in the file`,
    );
  }
  return null;
}

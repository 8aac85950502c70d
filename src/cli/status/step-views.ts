import type { Session } from "../../board/session.ts";
import type { RunView, Snapshot, TaskView } from "../../decide/snapshot.ts";
import type { Node } from "../../decide/workflow/node.ts";
import { readSteps } from "../../decide/workflow/read-steps.ts";
import type { StepState } from "../../decide/workflow/situation.ts";

/** Where one step of a task stands, for whoever looks at it. */
export type StepView = {
  id: string;
  persona: string | null;
  /**
   * claimed: it has a slot, and its run is about to start, or was just collected; checks: what it changed is checked;
   * later: it is tried again; gate: it waits for a person.
   */
  state: "done" | "claimed" | "running" | "checks" | "ready" | "later" | "gate" | "waiting" | "skipped" | "blocked";
  /** The attempt that is under way, else the last one; null before the first. */
  attempt: number | null;
  slot: string | null;
  verdict: string | null;
  /** Null is unknown, or nothing ran yet. */
  costUsd: number | null;
  /** Why it is not done, where there is more to say than its state. */
  reason: string | null;
  needs: readonly string[];
  /** Its session file; null before its first run. */
  session: string | null;
  startedAt: number | null;
  finishedAt: number | null;
  /** Bytes of each part of the prompt it was given last; null where nothing was composed. */
  promptBytes: Readonly<Record<string, number>> | null;
};

/** How many steps are done, of those that are not left out. */
export type StepProgress = { done: number; total: number };

/** The steps of a task in the order of its workflow; none for a task that has only one. */
export function stepViews(view: TaskView, snapshot: Snapshot): StepView[] {
  const found = readSteps(view, snapshot);
  if (found === null) return [];
  const { graph, records, states } = found;
  return graph.nodes.map((node) => {
    const run = snapshot.runs.find(({ taskId, unit }) => taskId === view.id && unit === node.id) ?? null;
    return stepView(
      node,
      states.get(node.id) ?? { kind: "waiting", on: node.needs },
      records.get(node.id) ?? null,
      run,
    );
  });
}

/** Counts steps; null where there are none to count. */
export function stepProgress(steps: readonly Pick<StepView, "state">[]): StepProgress | null {
  if (steps.length === 0) return null;
  const left = steps.filter(({ state }) => state !== "skipped");
  return { done: left.filter(({ state }) => state === "done").length, total: left.length };
}

/** `3 of 9 steps`. */
export function stepWords({ done, total }: StepProgress): string {
  return `${done} of ${total} steps`;
}

function stepView(node: Node, step: StepState, record: Session | null, run: RunView | null): StepView {
  const claim = step.kind === "claimed" ? step.claim : null;
  // A record of another attempt says nothing of the one that is under way.
  const attempt = claim?.attempt ?? run?.attempt ?? record?.attempt ?? null;
  const own = record?.attempt === attempt ? record : null;
  const isAtWork = run !== null && run.kind === "step";
  return {
    id: node.id,
    persona: node.persona?.id ?? null,
    state: isNamed(step) ? "skipped" : stateOf(step, isAtWork),
    attempt,
    slot: claim?.slot ?? run?.slot ?? null,
    verdict: step.kind === "done" ? step.verdict : (own?.verdict ?? null),
    costUsd: isAtWork ? run.costUsd : (own?.costUsd ?? null),
    reason: reasonOf(step),
    needs: node.needs,
    session: record?.path ?? null,
    startedAt: isAtWork ? run.startedAt : (own?.startedAt ?? null),
    finishedAt: isAtWork ? null : (own?.finishedAt ?? null),
    promptBytes: own?.promptBytes ?? null,
  };
}

/** It counts as done with the verdict that the workflow's file gives it, and nobody did it. */
function isNamed(step: StepState): boolean {
  return step.kind === "done" && step.session === null;
}

function stateOf({ kind }: StepState, isAtWork: boolean): StepView["state"] {
  if (isAtWork && kind !== "done") return "running";
  return kind === "check" ? "checks" : kind;
}

function reasonOf(step: StepState): string | null {
  switch (step.kind) {
    case "gate":
    case "blocked":
      return step.reason;
    case "later":
      return step.why;
    case "waiting":
      return step.on.length === 0 ? null : `waits for ${step.on.join(", ")}`;
    case "done":
      return isNamed(step) ? "the task names its workflow" : null;
    default:
      return null;
  }
}

import type { Edit, Effect } from "./action.ts";
import type { ParkedAgents } from "./choose-agent.ts";

/** What the rules have asked for so far in this decision. */
export type Plan = {
  /** At most one a task; the first rule that asks wins. The board's own file has the key "". */
  edits: Map<string, Edit>;
  effects: Effect[];
  waiting: Map<string, string>;
  /** Tasks whose next step waits for a person: to approve, or to change what trust allows. */
  atGate: Map<string, "approval" | "trust">;
  /** Tasks of which a step that failed is to be tried again, once its time has come and a slot is free. */
  toRetry: Set<string>;
  parked: ParkedAgents;
  lookAgainAt: number | null;
};

/** A plan that asks for nothing. */
export function emptyPlan(): Plan {
  return {
    edits: new Map(),
    effects: [],
    waiting: new Map(),
    atGate: new Map(),
    toRetry: new Set(),
    parked: new Map(),
    lookAgainAt: null,
  };
}

/** Adds an edit unless the task has one already. An edit of nothing (null) is no edit. */
export function addEdit(plan: Plan, edit: Edit | null): void {
  if (edit === null) return;
  const key = edit.taskId ?? "";
  if (!plan.edits.has(key)) plan.edits.set(key, edit);
}

/** Says why a task waits. The first reason stands: rules go from what is nearest to the task outwards. */
export function addReason(plan: Plan, taskId: string, line: string): void {
  if (!plan.waiting.has(taskId)) plan.waiting.set(taskId, line);
}

/** Asks for another look at `at`, if that is still to come. */
export function lookAgain(plan: Plan, now: number, at: number | null): void {
  if (at === null || at <= now || !Number.isFinite(at)) return;
  if (plan.lookAgainAt === null || at < plan.lookAgainAt) plan.lookAgainAt = at;
}

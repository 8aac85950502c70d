import type { Effect } from "./action.ts";

/**
 * Which of several effects of one kind for one task this is: steps of a task start and end beside each other. Empty: there is
 * but one.
 */
export function partOf(effect: Effect): string {
  if (effect.kind === "launch") return effect.work === undefined ? "" : effect.step;
  if (effect.kind === "stop" || effect.kind === "collect") return effect.runId;
  return effect.kind === "check" ? (effect.unit?.step ?? "") : "";
}

/** The tasks beside its own that it is at work on: the rest of a batch. */
export function othersOf(effect: Effect): readonly string[] {
  if (effect.kind === "merge") return (effect.batch ?? []).map(({ taskId }) => taskId);
  return effect.kind === "collect" ? (effect.with ?? []) : [];
}

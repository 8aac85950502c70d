import { PRIORITIES, type Priority } from "../board/task.ts";
import type { ReadableView } from "./board-index.ts";

const RANKS: ReadonlyMap<Priority, number> = new Map(PRIORITIES.map((it, index) => [it, index]));

/**
 * The order in which waiting tasks are given slots: first what a person put into `doing/` or what is tried again, then by
 * priority, then who came first, then by id, so that the order never depends on chance.
 */
export function inQueueOrder<T extends { view: ReadableView }>(waiting: readonly T[]): T[] {
  return waiting.toSorted((a, b) => compare(a.view, b.view));
}

function compare(a: ReadableView, b: ReadableView): number {
  if (a.lane !== b.lane) return a.lane === "doing" ? -1 : 1;
  const byPriority = rank(a) - rank(b);
  if (byPriority !== 0) return byPriority;
  const aAt = a.enteredAt ?? Number.MAX_SAFE_INTEGER;
  const bAt = b.enteredAt ?? Number.MAX_SAFE_INTEGER;
  if (aAt !== bAt) return aAt - bAt;
  return a.id < b.id ? -1 : 1;
}

function rank({ task }: ReadableView): number {
  return RANKS.get(task.priority) ?? PRIORITIES.length;
}

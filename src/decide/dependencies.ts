import { type Board, isReadable, type ReadableView } from "./board-index.ts";
import { findCycles } from "./cycles.ts";
import type { TaskView } from "./snapshot.ts";

/** Answers why the dependencies of a task keep it from running; null when all are met. */
export type DependencyReasons = (view: ReadableView) => string | null;

/** Prepares the answers for a whole board: cycles are found once, for all tasks together. */
export function dependencyReasons(board: Board): DependencyReasons {
  const cycles = findCycles(unmetEdges(board));
  return (view) => {
    let first: string | null = null;
    for (const name of view.task.dependencies) {
      const reason = reasonOf(name, view.id, board);
      // What only a person can mend is said before what time will.
      if (reason?.isFinal === true) return reason.line;
      first ??= reason?.line ?? null;
    }
    const cycle = cycles.get(view.id);
    return cycle === undefined ? first : cycleLine(view.id, cycle);
  };
}

/** The accepted but unmerged tasks that have to be merged before this one. */
export function unmergedDependencies(view: TaskView, board: Board): readonly string[] {
  const names = view.task?.dependencies ?? [];
  return names.flatMap((name) =>
    (board.idsByName.get(name) ?? []).filter((id) => id !== view.id && isAcceptedUnmerged(id, board)),
  );
}

/** Whether the task is accepted and its work reachable from the base. */
export function isMet(id: string, board: Board): boolean {
  const views = board.views.get(id) ?? [];
  if (views.length === 0 || views.some(({ lane }) => lane !== "done")) return false;
  return board.snapshot.branches.get(id)?.isMerged !== false;
}

type Reason = { line: string; isFinal: boolean };

function reasonOf(name: string, ownId: string, board: Board): Reason | null {
  const ids = board.idsByName.get(name) ?? [];
  const [id] = ids;
  if (id === undefined) return { line: `depends on ${name}, and no task has that id or alias`, isFinal: true };
  if (ids.length > 1) return { line: `depends on ${name}, which may be ${ids.toSorted().join(" or ")}`, isFinal: true };
  if (id === ownId) return { line: `depends on itself: ${ownId} → ${ownId}`, isFinal: true };
  if (isMet(id, board)) return null;
  const label = id === name ? id : `${name} (${id})`;
  const views = board.views.get(id) ?? [];
  const lanes = views.map(({ lane }) => `${lane}/`).join(" and ");
  if (views.length > 1) return { line: `depends on ${label}, which is in ${lanes} at once`, isFinal: false };
  if (views[0]?.lane === "done")
    return { line: `depends on ${label}, which is accepted but not merged yet`, isFinal: false };
  const isBlocked = views[0]?.lane === "blocked";
  return { line: `depends on ${label}, which is in ${lanes}`, isFinal: isBlocked };
}

function cycleLine(id: string, cycle: readonly string[]): string {
  const path = [...cycle, cycle[0]].join(" → ");
  return cycle.includes(id) ? `dependency cycle: ${path}` : `depends on tasks in a cycle: ${path}`;
}

function isAcceptedUnmerged(id: string, board: Board): boolean {
  const views = board.views.get(id) ?? [];
  return views.some(({ lane }) => lane === "done") && board.snapshot.branches.get(id)?.isMerged === false;
}

// Only what is not met can be part of a cycle that stops anybody.
function unmetEdges(board: Board): Map<string, readonly string[]> {
  const edges = new Map<string, readonly string[]>();
  for (const view of board.snapshot.tasks) {
    if (!isReadable(view) || view.lane === "done" || view.task.dependencies.length === 0) continue;
    const unmet: string[] = [];
    for (const name of view.task.dependencies) {
      for (const id of board.idsByName.get(name) ?? []) if (id !== view.id && !isMet(id, board)) unmet.push(id);
    }
    if (unmet.length > 0) edges.set(view.id, unmet);
  }
  return edges;
}

import { lossWords } from "../board/landed.ts";
import { type Board, isReadable, type ReadableView } from "./board-index.ts";
import { findCycles } from "./cycles.ts";
import { goneWork } from "./gone-work.ts";
import { openLoss } from "./lost-merge.ts";
import { baseTask, isOffered, lowersOf } from "./lowers.ts";
import { stackState } from "./restack-due.ts";
import type { TaskView } from "./snapshot.ts";

/** Answers why the dependencies of a task keep it from running; null when all are met. */
export type DependencyReasons = (view: ReadableView) => string | null;

/** Prepares the answers for a whole board: cycles are found once, for all tasks together. */
export function dependencyReasons(board: Board): DependencyReasons {
  const cycles = findCycles(unmetEdges(board));
  return (view) => {
    let first: string | null = null;
    for (const name of view.task.dependencies) {
      const reason = reasonOf(name, view, board);
      // What only a person can mend is said before what time will.
      if (reason?.isFinal === true) return reason.line;
      first ??= reason?.line ?? null;
    }
    const cycle = cycles.get(view.id);
    if (cycle !== undefined) return cycleLine(view.id, cycle);
    return first ?? baseReason(view, board) ?? stackReason(view, board);
  };
}

/** The tasks that have to be merged before this one: accepted dependencies, and those whose branches it stands on. */
export function unmergedDependencies(view: TaskView, board: Board): readonly string[] {
  const names = view.task?.dependencies ?? [];
  const accepted = names.flatMap((name) =>
    (board.idsByName.get(name) ?? []).filter((id) => id !== view.id && isAcceptedUnmerged(id, board)),
  );
  // Merging this one would merge those too, whether or not a person has accepted them.
  const below = lowersOf(view, board).filter((id) => !isMet(id, board));
  return [...new Set([...accepted, ...below, ...heldOf(view.id, board)])];
}

/** Whether the task is accepted and its work reachable from the base. Work still under way is nowhere yet. */
export function isMet(id: string, board: Board): boolean {
  const views = board.views.get(id) ?? [];
  if (views.length === 0 || views.some(({ lane }) => lane !== "done")) return false;
  if (openLoss(id, board) !== null || views.some((it) => goneWork(it, board.snapshot) !== null)) return false;
  return !board.runs.has(id) && !board.snapshot.cycles.has(id) && board.snapshot.branches.get(id)?.isMerged !== false;
}

type Reason = { line: string; isFinal: boolean };

// As long as its branch is not known to stand on the base instead, it brings their work with it.
function heldOf(id: string, { snapshot }: Board): readonly string[] {
  return Object.keys(snapshot.branches.get(id)?.stackedOn ?? {});
}

function reasonOf(name: string, view: ReadableView, board: Board): Reason | null {
  const ownId = view.id;
  const ids = board.idsByName.get(name) ?? [];
  const [id] = ids;
  if (id === undefined) return { line: `depends on ${name}, and no task has that id or alias`, isFinal: true };
  if (ids.length > 1) return { line: `depends on ${name}, which may be ${ids.toSorted().join(" or ")}`, isFinal: true };
  if (id === ownId) return { line: `depends on itself: ${ownId} → ${ownId}`, isFinal: true };
  if (isMet(id, board)) return null;
  const mayStack = view.task.stack || id === baseTask(view, board);
  if (mayStack && isOffered(id, board)) return null;
  const label = id === name ? id : `${name} (${id})`;
  const views = board.views.get(id) ?? [];
  const lanes = views.map(({ lane }) => `${lane}/`).join(" and ");
  if (views.length > 1) return { line: `depends on ${label}, which is in ${lanes} at once`, isFinal: false };
  if (views[0]?.lane === "done") return { line: `depends on ${label}, ${unmergedWords(id, board)}`, isFinal: false };
  if (mayStack && views[0]?.lane === "for_review")
    return { line: `depends on ${label}, ${unsettledWords(id, board)}`, isFinal: false };
  const isBlocked = views[0]?.lane === "blocked";
  return { line: `depends on ${label}, which is in ${lanes}`, isFinal: isBlocked };
}

/** There is a branch to start from once the other task is finished and checked, or merged. */
function baseReason(view: ReadableView, board: Board): string | null {
  const { base } = view.task;
  const ids = base === null ? [] : (board.idsByName.get(base) ?? []);
  if (ids.length > 1) return `starts from ${base}, which may be ${ids.toSorted().join(" or ")}`;
  const [id] = ids;
  if (id === undefined) return null;
  if (id === view.id) return `starts from its own branch: base: ${base}`;
  if (isMet(id, board) || isOffered(id, board)) return null;
  const label = id === base ? id : `${base} (${id})`;
  const lanes = (board.views.get(id) ?? []).map(({ lane }) => lane);
  if (lanes.length > 1) return `starts from ${label}, which is in ${lanes.join("/ and ")}/ at once`;
  const isThere = lanes[0] === "for_review" || lanes[0] === "done";
  return `starts from ${label}, ${isThere ? unsettledWords(id, board) : `which is in ${lanes[0]}/`}`;
}

// Nobody begins upon what is about to change. Whose task is gone, its work stays as it is.
function stackReason({ id }: ReadableView, board: Board): string | null {
  const state = stackState(id, board, isMet);
  if (state.kind === "waits") return state.isGone ? null : state.line;
  return state.kind === "due" ? `follows ${state.lower}, which it stands on, before it goes on` : null;
}

function unmergedWords(id: string, board: Board): string {
  const lost = openLoss(id, board);
  if (lost === null) return "which is accepted but not merged yet";
  return `and ${lossWords(lost, board.snapshot.settings?.base ?? "the base")}`;
}

function unsettledWords(id: string, { snapshot }: Board): string {
  return snapshot.branches.has(id) ? "which is still at work" : "which has no branch";
}

function cycleLine(id: string, cycle: readonly string[]): string {
  const path = [...cycle, cycle[0]].join(" → ");
  return cycle.includes(id) ? `dependency cycle: ${path}` : `depends on tasks in a cycle: ${path}`;
}

function isAcceptedUnmerged(id: string, board: Board): boolean {
  const views = board.views.get(id) ?? [];
  const { branches, cycles } = board.snapshot;
  return views.some(({ lane }) => lane === "done") && (cycles.has(id) || branches.get(id)?.isMerged === false);
}

// Only what is not met can be part of a cycle that stops anybody.
function unmetEdges(board: Board): Map<string, readonly string[]> {
  const edges = new Map<string, readonly string[]>();
  for (const view of board.snapshot.tasks) {
    if (!isReadable(view) || view.lane === "done") continue;
    if (view.task.base === null && view.task.dependencies.length === 0) continue;
    const base = baseReason(view, board) === null ? null : baseTask(view, board);
    const unmet = base === null ? [] : [base];
    for (const name of view.task.dependencies) {
      for (const id of board.idsByName.get(name) ?? []) if (id !== view.id && !isMet(id, board)) unmet.push(id);
    }
    if (unmet.length > 0) edges.set(view.id, unmet);
  }
  return edges;
}

/** Whether a task waits for one that is still to be started. */
export function waitsForPlanned(
  view: ReadableView,
  { board, dependencyReason }: { board: Board; dependencyReason: DependencyReasons },
): boolean {
  const { dependencies, base } = view.task;
  if (dependencies.length === 0 && base === null) return false;
  const ids = [...dependencies, ...(base === null ? [] : [base])].flatMap((name) => board.idsByName.get(name) ?? []);
  const isPlanned = ids.some((id) => board.views.get(id)?.some(({ lane }) => lane === "planned") === true);
  return isPlanned && dependencyReason(view) !== null;
}

import { didYouMean } from "../../board/suggest.ts";
import type { Board } from "../../decide/board-index.ts";
import { findCycles } from "../../decide/cycles.ts";
import type { TaskView } from "../../decide/snapshot.ts";
import type { KeyFinding, KeyPath } from "./place-findings.ts";

/** What a task waits for or starts from that is not there, not one task, or waits for it in turn. */
export function findingsOfDependencies(board: Board): KeyFinding[] {
  return [...unknown(board), ...cycles(board)];
}

type Edge = { ids: readonly string[]; name: string; at: KeyPath };

function unknown(board: Board): KeyFinding[] {
  const { snapshot, idsByName } = board;
  return snapshot.tasks.flatMap((view) =>
    edgesOf(view, board).flatMap(({ ids, name, at }) => {
      // A base that is no task is a branch.
      if (ids.length === 1 || at[0] === "base") return [];
      const message =
        ids.length === 0
          ? `depends on ${name}, which is no task${didYouMean(name, idsByName.keys())}`
          : `depends on ${name}, which may be ${ids.join(" or ")}`;
      return [problem(view, { at, code: "DEPENDENCY_UNKNOWN", message, hint: "Correct the id, or add the task." })];
    }),
  );
}

function cycles(board: Board): KeyFinding[] {
  const { tasks } = board.snapshot;
  const edges = new Map(tasks.map((view) => [view.id, edgesOf(view, board)]));
  const ids = new Map([...edges].map(([id, its]) => [id, its.flatMap((edge) => edge.ids)]));
  return [...findCycles(ids)]
    .filter(([id, cycle]) => cycle.includes(id))
    .flatMap(([id, cycle]) => {
      const view = tasks.find((it) => it.id === id);
      const next = cycle[(cycle.indexOf(id) + 1) % cycle.length] ?? id;
      const edge = edges.get(id)?.find((it) => it.ids.includes(next));
      if (view === undefined || edge === undefined) return [];
      const message = `${edge.at[0] === "base" ? "starts from" : "depends on"} itself: ${[...cycle, cycle[0]].join(" → ")}`;
      return [
        problem(view, { at: edge.at, code: "DEPENDENCY_CYCLE", message, hint: "Remove one of these dependencies." }),
      ];
    });
}

/** What this task names as its dependencies, and as the task whose branch it starts from. */
function edgesOf({ task }: TaskView, { idsByName }: Board): Edge[] {
  const edge = (name: string, at: KeyPath): Edge => ({ ids: idsByName.get(name) ?? [], name, at });
  const base = task?.base ?? null;
  return [
    ...(task?.dependencies ?? []).map((name, index) => edge(name, ["dependencies", index])),
    ...(base === null ? [] : [edge(base, ["base"])]),
  ];
}

type Words = { at: KeyPath; code: "DEPENDENCY_UNKNOWN" | "DEPENDENCY_CYCLE"; message: string; hint: string };

function problem({ path }: TaskView, { at, code, message, hint }: Words): KeyFinding {
  return { path, line: null, at, severity: "error", code, message, hint };
}

import { workflowProblems } from "../../board/check-workflow.ts";
import type { Finding } from "../../board/finding.ts";
import { didYouMean } from "../../board/suggest.ts";
import { type Board, indexBoard } from "../../decide/board-index.ts";
import { findCycles } from "../../decide/cycles.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import { ERRORS, type ErrorCode } from "../../errors.ts";
import { unknownInSteps } from "./names-of-steps.ts";
import { sortFindings } from "./sort-findings.ts";
import { isWorkflow, missingWorkflow, unknownNames } from "./unknown-names.ts";

/** Everything that is wrong with the files of a board, by path and line; with `isCi` a task that is not finished is wrong too. */
export function collectFindings(snapshot: Snapshot, isCi: boolean): Finding[] {
  const board = indexBoard(snapshot);
  const all = [
    ...snapshot.findings,
    ...snapshot.tasks.flatMap(({ findings }) => findings),
    ...unknownDependencies(board),
    ...cycles(board),
    ...names(snapshot),
    ...workflows(snapshot),
    ...(isCi ? unfinished(snapshot) : []),
  ];
  // What is wrong with a task is known to the snapshot as a whole too.
  return sortFindings(all);
}

function unknownDependencies({ snapshot, idsByName }: Board): Finding[] {
  return snapshot.tasks.flatMap((view) =>
    (view.task?.dependencies ?? []).flatMap((name) => {
      const ids = idsByName.get(name) ?? [];
      if (ids.length === 1) return [];
      const known = didYouMean(name, idsByName.keys());
      const message =
        ids.length === 0
          ? `depends on ${name}, which is no task${known}`
          : `depends on ${name}, which may be ${ids.join(" or ")}`;
      return [problem(view, "DEPENDENCY_UNKNOWN", message, "Correct the id, or add the task.")];
    }),
  );
}

// What is accepted runs no more.
function names(snapshot: Snapshot): Finding[] {
  return snapshot.tasks.flatMap(({ path, lane, task }) =>
    task === null || lane === "done" ? [] : [...unknownNames(path, task, snapshot), ...unknownInSteps(task, snapshot)],
  );
}

function workflows({ workflows: known, personas, skills, settings }: Snapshot): Finding[] {
  const findings = [...known.values()].flatMap((it) => workflowProblems(it, personas, skills));
  if (settings === null || isWorkflow(settings.defaultWorkflow, known)) return findings;
  const message = `\`default_workflow\` ${missingWorkflow(settings.defaultWorkflow, known)}`;
  const place = { path: "board/board.md", line: null, code: "WORKFLOW_UNKNOWN" };
  return [...findings, { ...place, severity: "error", message, hint: ERRORS.WORKFLOW_UNKNOWN.hint }];
}

function cycles({ snapshot, idsByName }: Board): Finding[] {
  const edges = new Map(
    snapshot.tasks.map(({ id, task }) => [id, (task?.dependencies ?? []).flatMap((name) => idsByName.get(name) ?? [])]),
  );
  return [...findCycles(edges)]
    .filter(([id, cycle]) => cycle.includes(id))
    .flatMap(([id, cycle]) => {
      const view = snapshot.tasks.find((it) => it.id === id);
      const message = `depends on itself: ${[...cycle, cycle[0]].join(" → ")}`;
      return view === undefined
        ? []
        : [problem(view, "DEPENDENCY_CYCLE", message, "Remove one of these dependencies.")];
    });
}

function unfinished({ tasks }: Snapshot): Finding[] {
  return tasks
    .filter(({ lane }) => lane === "doing" || lane === "for_review")
    .map((view) => {
      const message = view.lane === "doing" ? "is still being worked on" : "waits for review";
      return problem(view, "CHECK_FAILED", message, "Wait for it, accept it, or move it back to backlog/.");
    });
}

function problem({ path }: TaskView, code: ErrorCode, message: string, hint: string): Finding {
  return { path, line: null, severity: "error", code, message, hint };
}

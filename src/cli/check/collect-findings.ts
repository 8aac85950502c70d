import { branchOf } from "../../board/branch.ts";
import { workflowProblems } from "../../board/check-workflow.ts";
import type { Finding } from "../../board/finding.ts";
import { parsePullRequest } from "../../board/pull-request.ts";
import { indexBoard } from "../../decide/board-index.ts";
import type { Snapshot, TaskView } from "../../decide/snapshot.ts";
import { ERRORS } from "../../errors.ts";
import { findingsOfDependencies } from "./dependency-findings.ts";
import { unknownInSteps } from "./names-of-steps.ts";
import { type KeyFinding, placeFindings, type ReadFile } from "./place-findings.ts";
import { sortFindings } from "./sort-findings.ts";
import { isWorkflow, missingPersona, missingWorkflow, unknownNames } from "./unknown-names.ts";

/** What a gate judges: the branch that is to be merged; null: it was not told. */
export type Gate = { branch: string | null };

/**
 * Everything that is wrong with the files of a board, by path and line; with `ci` a task that is not finished is wrong too.
 * `read` gives the bytes of a file, for the line of a key that is wrong only beside other files.
 */
export function collectFindings(snapshot: Snapshot, ci: Gate | null, read: ReadFile): Finding[] {
  const board = indexBoard(snapshot);
  const all: KeyFinding[] = [
    ...snapshot.findings,
    ...snapshot.tasks.flatMap(({ findings }) => findings),
    ...findingsOfDependencies(board),
    ...names(snapshot),
    ...workflows(snapshot),
    ...reviewer(snapshot),
    ...(ci === null ? [] : unfinished(snapshot, ci)),
  ];
  // What is wrong with a task is known to the snapshot as a whole too.
  return sortFindings(placeFindings(all, read));
}

// What is accepted runs no more.
function names(snapshot: Snapshot): KeyFinding[] {
  return snapshot.tasks.flatMap(({ path, lane, task }) =>
    task === null || lane === "done" ? [] : [...unknownNames(path, task, snapshot), ...unknownInSteps(task, snapshot)],
  );
}

function workflows({ workflows: known, personas, skills, settings }: Snapshot): KeyFinding[] {
  const findings = [...known.values()].flatMap((it) => workflowProblems(it, personas, skills));
  if (settings === null || isWorkflow(settings.defaultWorkflow, known)) return findings;
  const message = `\`default_workflow\` ${missingWorkflow(settings.defaultWorkflow, known)}`;
  const place = { path: "board/board.md", line: null, at: ["default_workflow"], code: "WORKFLOW_UNKNOWN" };
  return [...findings, { ...place, severity: "error", message, hint: ERRORS.WORKFLOW_UNKNOWN.hint }];
}

function reviewer({ settings, personas }: Snapshot): KeyFinding[] {
  const name = settings?.review ?? null;
  if (name === null || personas.has(name)) return [];
  const place = { path: "board/board.md", line: null, at: ["review"], code: "PERSONA_UNKNOWN" };
  const message = `\`review\` ${missingPersona(name, personas)}`;
  return [{ ...place, severity: "error", message, hint: ERRORS.PERSONA_UNKNOWN.hint }];
}

function unfinished({ tasks }: Snapshot, { branch }: Gate): Finding[] {
  const hint = "Wait for it, accept it, or move it back to backlog/.";
  return tasks
    .filter((it) => it.lane === "doing" || (it.lane === "for_review" && !isToMerge(it, branch)))
    .map(({ path, lane }) => {
      const message = lane === "doing" ? "is still being worked on" : "waits for review";
      return { path, line: null, severity: "error", code: "CHECK_FAILED", message, hint };
    });
}

/** Whether its own request is what is to be merged, by its branch, or by what the task says, which may not be pushed yet. */
function isToMerge({ id, task }: TaskView, branch: string | null): boolean {
  const request = parsePullRequest(task?.pr ?? null);
  return branch === branchOf(id) || (request !== null && !request.isClosed);
}

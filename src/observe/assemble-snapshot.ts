import type { Finding } from "../board/finding.ts";
import type { BranchView, Snapshot, TaskView, WorktreeView } from "../decide/snapshot.ts";
import { ERRORS } from "../errors.ts";
import { nextSettling } from "./board-part.ts";
import { type FilesReading, isOnce } from "./look-at-files.ts";
import type { Observed, ObserveExtra } from "./observed.ts";
import { shortBranch } from "./repo-state.ts";
import type { RunReading } from "./run-part.ts";

export type Readings = {
  files: FilesReading;
  extra: ObserveExtra;
  runs: RunReading;
  baseSha: string | null;
  tasks: readonly TaskView[];
  branches: ReadonlyMap<string, BranchView>;
  gone: ReadonlyMap<string, string>;
  cycles: Snapshot["cycles"];
  worktrees: readonly WorktreeView[];
  landed: Snapshot["landed"];
};

/** Puts together what was read. Copies every collection that the next look changes: who holds a snapshot keeps it. */
export function assembleSnapshot(observed: Observed, readings: Readings): Snapshot {
  const { files, extra, runs, baseSha, tasks, branches, gone, cycles, worktrees, landed } = readings;
  const { board, sessions, settings, personas, agents, entered } = observed;
  const isReady = files.repo.state === "ready";
  // Elsewhere nothing settles: what passes then is seen with the change that ends it.
  const tasksSettleAt = earliest([isReady ? nextSettling(board) : null, files.repo.lookAgainAt]);
  return {
    observedAt: files.now,
    repo: {
      state: files.repo.state,
      detail: files.repo.detail,
      boardBranch: shortBranch(files.repo.boardBranch),
      headSha: board.index.head.commitSha,
      baseSha,
    },
    settings: settings.settings,
    settingsBlob: settings.blobSha,
    tasks,
    personas: personas.personas,
    workflows: personas.workflows,
    skills: personas.skills,
    sessions: new Map(sessions.sessions),
    branches,
    gone,
    cycles,
    worktrees,
    landed,
    runs: runs.runs,
    jobs: extra.jobs,
    uncommitted: isReady
      ? [...board.dirty.values(), ...[...sessions.dirty.values()].flatMap((it) => [...it.values()])]
      : [],
    unsettledUntil: earliest([
      tasksSettleAt,
      ...(isReady ? sessions.pending.values() : []),
      settings.lookAgainAt,
      personas.lookAgainAt,
      runs.lookAgainAt,
      // Soon after git has said how old things are, somebody should hear of it.
      entered.state === "asking" || entered.state === "answered" ? files.now + ANSWER_MS : null,
    ]),
    tasksSettleAt,
    areAgesKnown: entered.state === "over" || isOnce(observed),
    agents: agents.views,
    findings: collectFindings(observed, tasks, runs.findings),
    isDraining: extra.isDraining,
  };
}

const ANSWER_MS = 1_000;

function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((it) => it !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function collectFindings(
  { board, sessions, settings, personas }: Observed,
  tasks: readonly TaskView[],
  runs: readonly Finding[],
): Finding[] {
  const { disk } = board.index;
  const findings = [...settings.findings, ...personas.findings, ...disk.oddities, ...runs];
  for (const it of sessions.findings.values()) findings.push(...it);
  for (const view of tasks) {
    findings.push(...view.findings);
    for (const twin of view.duplicates) findings.push(duplicate(view, twin.path));
  }
  // Links and pipes where a task could be have no view to carry their finding.
  for (const { problem, stamp } of disk.tasks.values()) {
    if (problem !== null && stamp.kind !== "file") findings.push(problem);
  }
  return findings;
}

function duplicate({ id, path }: TaskView, other: string): Finding {
  const message = `"${id}" has one file too many: ${path} and ${other}`;
  return { path, line: null, severity: "error", code: "TASK_DUPLICATE", message, hint: ERRORS.TASK_DUPLICATE.hint };
}

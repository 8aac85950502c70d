import { unportableReason } from "../../board/portable-name.ts";
import type { Session } from "../../board/session.ts";
import type { Task } from "../../board/task.ts";
import { workflowNameOf } from "../../decide/steps-of.ts";
import type { Board } from "../../observe/open-board.ts";
import { readSessionHistory } from "../../observe/session-history.ts";
import { findTask, idOf, readWhole, seekTask } from "../find-task.ts";
import { readBoard } from "../read-board.ts";
import { knownCost, type Report, sumRuns } from "./sum-runs.ts";

export type ReportFacts = Report & {
  task: string | null;
  counted: {
    /** Runs whose session file is there as they left it. */
    present: number;
    /** Runs whose session file was replaced by a later attempt, or is gone: read from git. */
    earlier: number;
    /** Runs that are still going on: not counted. */
    running: number;
  };
  /** Null with `--since`: tasks know only what they cost as a whole. */
  check: { spentUsd: number; countedUsd: number; earlierAttemptsUsd: number } | null;
};

/**
 * Reads all runs there are, or those of one task, and sums them. `since`: only those that began then or later, ms since the
 * epoch. Throws TASK_UNKNOWN for a task of which nothing is left.
 */
export async function collectReport(board: Board, word: string | null, since: number | null): Promise<ReportFacts> {
  const { snapshot } = await readBoard(board);
  const view = word === null ? null : seekTask(board.boardRoot, snapshot, word);
  const taskId = word === null ? null : (view?.id ?? idOf(word));
  if (view === null && taskId !== null && unportableReason(taskId) !== null)
    findTask(board.boardRoot, snapshot, taskId);
  const { present, earlier } = await readSessionHistory(board, taskId);
  if (word !== null && present.length + earlier.length === 0) findTask(board.boardRoot, snapshot, word);
  const tasks = snapshot.tasks
    .filter(({ id }) => taskId === null || id === taskId)
    .flatMap((it) => readWhole(board.boardRoot, it).task ?? []);
  const isOver = (it: Session): boolean => it.state !== "running";
  const isCounted = (it: Session): boolean => since === null || (it.startedAt !== null && it.startedAt >= since);
  const ended = present.filter(isOver).filter(isCounted);
  const before = earlier.filter(isCounted);
  const workflows = new Map(
    tasks.map((it) => [it.id, workflowNameOf(it, snapshot.settings?.defaultWorkflow ?? "solo")]),
  );
  const all = [...ended, ...before];
  const runs = all.map((session) => ({ session, workflow: workflows.get(session.taskId) ?? "(its task is gone)" }));
  return {
    task: taskId,
    counted: { present: ended.length, earlier: before.length, running: present.length - present.filter(isOver).length },
    check: since === null ? checkOf(tasks, all) : null,
    ...sumRuns(runs),
  };
}

function checkOf(tasks: readonly Task[], sessions: readonly Session[]): ReportFacts["check"] {
  const spentUsd = tasks.reduce((sum, { spentUsd: it }) => sum + (typeof it === "number" ? it : 0), 0);
  const ids = new Set(tasks.map(({ id }) => id));
  const countedUsd = sessions.filter((it) => ids.has(it.taskId)).reduce((sum, it) => sum + (knownCost(it) ?? 0), 0);
  return { spentUsd: cents(spentUsd), countedUsd: cents(countedUsd), earlierAttemptsUsd: cents(spentUsd - countedUsd) };
}

function cents(usd: number): number {
  return Math.round(usd * 1e6) / 1e6;
}

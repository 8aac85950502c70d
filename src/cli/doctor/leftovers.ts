import { join, sep } from "node:path";
import type { Snapshot } from "../../decide/snapshot.ts";
import type { Board } from "../../observe/open-board.ts";
import { folderOf, listProcesses } from "../../process/process-table.ts";
import { type CheckUp, ok, warn } from "./check-up.ts";

/** Processes that sit in a task's worktree although no run of it is recorded: left over, or a person's own shell. */
export function checkLeftovers({ codeRepo }: Board, { worktrees, runs }: Snapshot): CheckUp {
  const pool = join(codeRepo.top, ".kanband", "worktrees") + sep;
  const running = new Set(runs.map(({ taskId }) => taskId));
  const atWork = new Set(worktrees.flatMap(({ name, taskId }) => (running.has(taskId ?? "") ? [name] : [])));
  const found =
    worktrees.length === 0 ? [] : listProcesses().filter(({ pid, isZombie }) => !isZombie && isLeft(pid, pool, atWork));
  if (found.length === 0) return ok("leftovers", "no process sits in a worktree without a run");
  const pids = found.map(({ pid }) => pid).join(", ");
  return warn(
    "leftovers",
    `no run of ours, but in a worktree: process ${pids}`,
    "`ps -fp <pid>` says what it is; end it if it is not yours.",
  );
}

function isLeft(pid: number, pool: string, atWork: ReadonlySet<string>): boolean {
  const folder = folderOf(pid);
  if (folder === null || !folder.startsWith(pool)) return false;
  return !atWork.has(folder.slice(pool.length).split(sep)[0] ?? "");
}

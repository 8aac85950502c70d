import { existsSync } from "node:fs";
import { join } from "node:path";
import { variableOf } from "./process-table.ts";
import { RUN_TAG, RUNS_TAG } from "./run-folder.ts";
import { endAll } from "./sweep.ts";

/**
 * Ends, by SIGKILL, whatever a run of this folder started and of which no record is left, as when somebody removed the
 * runtime directory under its runs; returns the pids. A run is recorded before anything of it starts, so what is found here
 * is nobody's any more. Other boards have folders of their own.
 */
export async function sweepStrays(runsDir: string): Promise<number[]> {
  return await endAll(({ pid, isZombie }) => !isZombie && isStray(pid, runsDir));
}

function isStray(pid: number, runsDir: string): boolean {
  if (pid === process.pid || variableOf(pid, RUNS_TAG) !== runsDir) return false;
  const runId = variableOf(pid, RUN_TAG);
  return runId !== null && !existsSync(join(runsDir, runId));
}

import { applyEffect } from "../apply/effect.ts";
import { syncSessions } from "../apply/sync-sessions.ts";
import { runsDirOf, type World } from "../apply/world.ts";
import { isLive } from "../decide/board-index.ts";
import type { RunView, Snapshot } from "../decide/snapshot.ts";
import { onExit } from "../process/exits.ts";
import { readRuns } from "../process/read-runs.ts";
import type { Jobs } from "./jobs.ts";

/**
 * One beat: output goes to the session files. True when a look is due: a run came, ended, cost something, gave its answer, is
 * over a cap of its output or tools, or says something again after its task was flagged as stale.
 */
export function syncRuns(world: World, seen: Snapshot | null): boolean {
  const runs = readRuns(runsDirOf(world));
  const isNews = syncSessions(world, runs);
  const known = new Map(seen?.runs.map((run) => [run.runId, run]));
  return (
    isNews ||
    runs.some((run) => {
      const view = known.get(run.runId);
      if (view === undefined || view.state !== run.state) return true;
      const bytes = run.stdoutBytes + run.stderrBytes;
      if (bytes > view.outputBytes && isStale(seen, view.taskId)) return true;
      return view.stop === null && bytes > view.caps.outputBytes;
    })
  );
}

function isStale(seen: Snapshot | null, taskId: string): boolean {
  return seen?.tasks.some(({ id, task }) => id === taskId && (task?.stale ?? null) !== null) ?? false;
}

/** Hears of the end of the runs that this daemon started at once; of adopted ones the pulse tells. */
export function createExitWatch(wake: () => void): (runs: readonly RunView[]) => void {
  let watched = new Set<string>();
  return (runs) => {
    for (const { runId } of runs) if (!watched.has(runId)) onExit(runId, wake);
    watched = new Set(runs.map(({ runId }) => runId));
  };
}

/** Ends every run for the end of the daemon: not a failure of anybody, each goes on with the next daemon. */
export function stopAllRuns(world: World, jobs: Jobs, snapshot: Snapshot): void {
  for (const run of snapshot.runs) {
    if (run.stop !== null || !isLive(run)) continue;
    const { runId, taskId } = run;
    jobs.start({ kind: "stop", taskId }, async () => {
      await applyEffect(world, { kind: "stop", taskId, runId, reason: "shutdown" }, snapshot);
    });
  }
}

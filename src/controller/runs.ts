import { syncSessions } from "../apply/sync-sessions.ts";
import { runsDirOf, type World } from "../apply/world.ts";
import type { RunView } from "../decide/snapshot.ts";
import { readRuns } from "../process/run-record.ts";

/** One beat: output goes to the session files. True when a look is due: a run came, ended, or is near its output cap. */
export async function syncRuns(world: World, seen: readonly RunView[]): Promise<boolean> {
  await syncSessions(world, seen);
  const known = new Map(seen.map((run) => [run.runId, run]));
  return readRuns(runsDirOf(world)).some((run) => {
    const view = known.get(run.runId);
    return view === undefined || view.state !== run.state || run.stdoutBytes + run.stderrBytes > view.caps.outputBytes;
  });
}

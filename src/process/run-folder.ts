import { join } from "node:path";

/** The files of a run's folder. */
export const RUN_FILES = {
  /** What the daemon said about the run when it started it. */
  record: "record.json",
  stdin: "stdin",
  stdout: "stdout",
  stderr: "stderr",
  /** A script to run before the agent, and what it printed. */
  setup: "setup",
  setupOutput: "setup.out",
  /** Folder of the files that its program was given: settings, the persona. */
  agentFiles: "agent",
  /** Made by whoever decides whether the run happens: the supervisor's pid and start, or `void`. */
  started: "started",
  /** Why the run was to be ended. */
  stop: "stop",
  /** The process of the step in progress. */
  step: "step",
} as const;

export const VOID = "void\n";

/** The variable that marks every process of a run. */
export const RUN_TAG = "KANBAND_RUN";

/** The variable that says in which folder that run is recorded. */
export const RUNS_TAG = "KANBAND_RUNS";

/** A folder that is not (or no longer) a run: being made, or being removed. */
export function isHiddenName(name: string): boolean {
  return name.startsWith(".");
}

/** Where the program of a run finds the files it was given: outside its worktree, for this run alone. */
export function agentFilesDir(runsDir: string, runId: string): string {
  return join(runsDir, runId, RUN_FILES.agentFiles);
}

/** The name of a run's folder while it is being made or removed. */
export function hiddenPath(runsDir: string, runId: string, why: "new" | "gone"): string {
  return join(runsDir, `.${runId}.${why}`);
}

import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { failpoint } from "../files/failpoint.ts";
import { hasCode } from "../files/place.ts";
import { forgetOwnRun } from "./exits.ts";
import { hiddenPath, isHiddenName, RUN_FILES, VOID } from "./run-folder.ts";

/**
 * Decides that a recorded run never starts. True: it has not started and never will; its folder may go.
 * False: its supervisor was first, and the run is a run like any other.
 */
export function voidRun(runDir: string): boolean {
  failpoint("process.void.before-mark");
  try {
    const descriptor = openSync(join(runDir, RUN_FILES.started), "wx");
    writeSync(descriptor, VOID);
    closeSync(descriptor);
  } catch {
    return isVoid(runDir);
  }
  failpoint("process.void.after-mark");
  return true;
}

/** Removes a run's folder, once and for all with its first step. The run must be over and its output collected. */
export async function removeRun(runDir: string): Promise<void> {
  const gone = hiddenPath(dirname(runDir), basename(runDir), "gone");
  failpoint("process.remove.before-unlink");
  rmSync(gone, { recursive: true, force: true });
  try {
    renameSync(runDir, gone);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return;
    throw error;
  }
  await rm(gone, { recursive: true, force: true });
  forgetOwnRun(basename(runDir));
  failpoint("process.remove.after-unlink");
}

/** Removes what a crash left of runs that never were: half-made, voided or half-removed folders. */
export function sweepRuns(runsDir: string): void {
  for (const name of listNames(runsDir)) {
    const path = join(runsDir, name);
    if (isHiddenName(name) || isVoid(path)) rmSync(path, { recursive: true, force: true });
  }
}

/** Whether somebody decided that this run never starts. */
export function isVoid(runDir: string): boolean {
  try {
    return readFileSync(join(runDir, RUN_FILES.started), "utf8") === VOID;
  } catch {
    return false;
  }
}

function listNames(runsDir: string): string[] {
  try {
    return readdirSync(runsDir);
  } catch {
    return [];
  }
}

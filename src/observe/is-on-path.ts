import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** Whether a program can be started here by this name. */
export function isOnPath(file: string): boolean {
  // A path inside the worktree is there only once the worktree is.
  if (file.includes("/")) return !isAbsolute(file) || isProgram(file);
  return (process.env["PATH"] ?? "").split(delimiter).some((dir) => dir !== "" && isProgram(join(dir, file)));
}

function isProgram(file: string): boolean {
  try {
    // Asked first, since it is nearly always missing, and what `accessSync` throws then takes longer than all the rest.
    if (statSync(file, { throwIfNoEntry: false }) === undefined) return false;
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { lstatSync, readFileSync } from "node:fs";
import { basename } from "node:path";

export type EditOutcome =
  /** `touched`: paths relative to the board root that the next commit has to take. */
  | { state: "applied"; touched: readonly string[] }
  /** The file is not what it was: look again. */
  | { state: "skipped"; reason: string }
  /** It will fail again at once: the disk is full, the folder may not be written, the file cannot be edited. */
  | { state: "failed"; reason: string };

/** The bytes of a file; null when it is not there, or is a link, a pipe or a folder. */
export function readRegularFile(path: string): Buffer | null {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return null;
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

/** A path of a board file as decide gives it: below `board/`, going nowhere else. */
export function isBoardPath(path: string): boolean {
  const parts = path.split("/");
  return parts[0] === "board" && parts.length > 1 && !parts.some((it) => it === "" || it === "." || it === "..");
}

/** The task that a file of the board is about, by its name. */
export function idOfPath(path: string): string {
  return basename(path).replace(/\.md$/, "");
}

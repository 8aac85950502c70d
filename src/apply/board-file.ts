import { lstatSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { KanbandError } from "../errors.ts";
import { readHeadNow } from "../git/head.ts";
import { finalRef } from "../git/refs.ts";
import type { World } from "./world.ts";

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

/** Set by init or the first `up`: the branch that holds the board. */
const BOARD_REF = "refs/kanband/board";

/**
 * Whether the board's branch is checked out at this instant and no other git is at work there: only then is the disk ours.
 * `since`: stamp of the index when the looking began. A checkout takes files away, writes the index, and moves HEAD last.
 */
export function isBoardHere({ boardRepo }: World, since: string | null = null): boolean {
  const { ref, operation, isIndexLocked, indexStamp } = readHeadNow(boardRepo);
  const isQuiet = operation === null && !isIndexLocked && (since === null || since === indexStamp);
  return isQuiet && ref === finalRef(boardRepo, BOARD_REF);
}

/** A path that the daemon commits. */
export function isOfBoard(path: string): boolean {
  return /^(board|sessions)\/./.test(path) && !path.split("/").includes("..");
}

/** Does something that a person or another git may be in the way of just now: then it is left for the next look. */
export async function orSkipped(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    const codes = ["FILE_CHANGED", "FILE_EXISTS", "GIT_LOCKED", "REF_MOVED"];
    if (!(error instanceof KanbandError) || !codes.includes(error.code)) throw error;
  }
}

import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../board/finding.ts";
import { isLane, LANES } from "../board/lane.ts";
import { isTaskFile } from "../board/task-file.ts";
import { ERRORS, type ErrorCode } from "../errors.ts";
import { isCode, readStamp } from "./stamp.ts";

export type BoardListing = {
  /** Paths of the files that may be tasks or are committed with them, relative to the board root. */
  paths: readonly string[];
  /** Folders that are nothing of ours. */
  findings: readonly Finding[];
  /** Why the list cannot be trusted to be whole; null when it can. An absent lane is only an empty one. */
  trouble: string | null;
};

/** What a path under `board/` is: a task, a file that is only committed with the tasks, or nothing of ours. */
export function kindOfPath(path: string): "task" | "other" | null {
  if (!path.startsWith("board/")) return null;
  const hiddenAt = path.indexOf("/.", 5);
  if (hiddenAt > 0) return path.slice(hiddenAt) === "/.gitkeep" ? "other" : null;
  const laneEnd = path.indexOf("/", 6);
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (isTaskFile(name)) return laneEnd > 0 && isLane(path.slice(6, laneEnd)) ? "task" : "other";
  return /^readme\.md$/i.test(name) ? "other" : null;
}

/** Every file under `board/`, or under one folder of it. Follows no link. */
export function listBoard(root: string, folder = "board"): BoardListing {
  const listing = { paths: [] as string[], findings: [] as Finding[], trouble: null as string | null };
  listing.trouble = findTrouble(root);
  if (listing.trouble === null) walk(root, folder, listing);
  return listing;
}

/**
 * Why the board as a whole cannot be read; null when it can. An absent lane is an empty one; a lane that became a link or
 * a file is not: its tasks were moved elsewhere, not removed.
 */
export function findTrouble(root: string): string | null {
  for (const folder of ["board", ...LANES.map((lane) => `board/${lane}`)]) {
    const kind = readStamp(join(root, folder))?.kind ?? "absent";
    if (folder === "board" && kind === "absent" && readStamp(join(root, ".git")) === null)
      return `${root} is gone: \`kanband status\` says how to check it out again`;
    if (folder === "board" && kind === "absent")
      return "board/ is gone: restore it, for instance with `git checkout -- board`";
    if (kind !== "folder" && kind !== "absent") return `${folder} is a ${kind}, not a folder: make it a folder again`;
  }
  return null;
}

function walk(
  root: string,
  folder: string,
  listing: { paths: string[]; findings: Finding[]; trouble: string | null },
): void {
  for (const entry of readEntries(root, folder, listing)) {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) {
      // Links and pipes too: what becomes of them is for those who look at the file.
      if (kindOfPath(path) !== null) listing.paths.push(path);
      continue;
    }
    if (isHidden(entry.name)) continue;
    const problem = folderProblem(folder, entry.name);
    if (problem !== null) listing.findings.push(warn(path, ...problem));
    if (!entry.name.endsWith(".md")) walk(root, path, listing);
  }
}

function readEntries(root: string, folder: string, listing: { trouble: string | null }): Dirent[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (!isCode(error, "ENOENT") && !isCode(error, "ENOTDIR"))
      listing.trouble ??= `${folder} cannot be read: mend its permissions`;
    return [];
  }
}

function folderProblem(folder: string, name: string): [ErrorCode, string] | null {
  if (name.endsWith(".md")) return ["TASK_INVALID", `${folder}/${name} is a folder, named like a task file`];
  return folder === "board" && !isLane(name)
    ? ["LANE_UNKNOWN", `board/${name} is not a lane: nothing in it is a task`]
    : null;
}

function warn(path: string, code: ErrorCode, message: string): Finding {
  return { path, line: null, severity: "warning", code, message, hint: ERRORS[code].hint };
}

function isHidden(name: string): boolean {
  return name.startsWith(".");
}

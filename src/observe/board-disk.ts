import type { Finding } from "../board/finding.ts";
import { isLane } from "../board/lane.ts";
import type { Task } from "../board/task.ts";
import { parseTask } from "../board/task-file.ts";
import { parseSettings } from "../config/parse-settings.ts";
import type { Settings } from "../config/settings.ts";
import type { ObjectFormat } from "./blob-id.ts";
import { type Depth, type FileReader, type FileRecord, refreshFile } from "./file-record.ts";
import { findTrouble, kindOfPath, listBoard } from "./list-board.ts";

export const SETTINGS_PATH = "board/board.md";

export type TaskReading = { task: Task | null; findings: readonly Finding[] };
export type OtherReading = { settings: Settings | null; findings: readonly Finding[] };

/** The files under `board/` as they were when last looked at. */
export type BoardDisk = {
  readonly root: string;
  readonly tasks: Map<string, FileRecord<TaskReading>>;
  /** Settings, notes and `.gitkeep`: committed with the tasks. */
  readonly others: Map<string, FileRecord<OtherReading>>;
  /** Findings about what is no file of ours. */
  oddities: readonly Finding[];
  /** Why the board cannot be read whole; null when it can. */
  trouble: string | null;
  readonly taskReader: FileReader<TaskReading>;
  readonly otherReader: FileReader<OtherReading>;
};

/** How much of a task file is needed. */
export type DepthOf = (path: string) => Depth;

export function createBoardDisk(root: string, format: ObjectFormat): BoardDisk {
  return {
    root,
    tasks: new Map(),
    others: new Map(),
    oddities: [],
    trouble: null,
    taskReader: { root, format, code: "TASK_INVALID", parse: readTask },
    otherReader: { root, format, code: "SETTINGS_INVALID", parse: (path, bytes) => readOther(root, path, bytes) },
  };
}

/** Looks at every file anew and answers the paths that changed, came or went. */
export function sweepBoard(disk: BoardDisk, depthOf: DepthOf, now: number): Set<string> {
  return relist(disk, "board", depthOf, now, true);
}

/** Looks for files that came or went, without looking at the known ones again: a tenth of a sweep. */
export function relistBoard(disk: BoardDisk, depthOf: DepthOf, now: number): Set<string> {
  return relist(disk, "board", depthOf, now, false);
}

/** Looks at these paths only; a folder among them is listed anew. Answers what changed. */
export function refreshBoard(disk: BoardDisk, paths: Iterable<string>, depthOf: DepthOf, now: number): Set<string> {
  const changed = new Set<string>();
  disk.trouble ??= findTrouble(disk.root);
  for (const path of paths) {
    if (kindOfPath(path) !== null) refreshPath(disk, path, depthOf, now, changed);
    else if (isFolderPath(path)) for (const it of relist(disk, path, depthOf, now, false)) changed.add(it);
  }
  return changed;
}

// Temporary files of editors, and our own, come and go all the time: they are no folders that went missing.
function isFolderPath(path: string): boolean {
  return /^board(?:\/|$)/.test(path) && !path.split("/").some((it) => it.startsWith(".") || it.endsWith("~"));
}

function relist(disk: BoardDisk, folder: string, depthOf: DepthOf, now: number, isSweep: boolean): Set<string> {
  const changed = new Set<string>();
  const listing = listBoard(disk.root, folder);
  if (folder === "board") {
    disk.oddities = listing.findings;
    disk.trouble = listing.trouble;
  } else disk.trouble ??= listing.trouble;
  // What cannot be read is not gone.
  if (listing.trouble !== null) return changed;
  for (const path of listing.paths) {
    if (isSweep || !(disk.tasks.has(path) || disk.others.has(path))) refreshPath(disk, path, depthOf, now, changed);
  }
  // Nothing is known that was not listed, unless more is known than was listed.
  if (folder === "board" && disk.tasks.size + disk.others.size === listing.paths.length) return changed;
  const present = new Set(listing.paths);
  for (const records of [disk.tasks, disk.others]) {
    for (const path of records.keys()) {
      if (path.startsWith(`${folder}/`) && !present.has(path)) refreshPath(disk, path, depthOf, now, changed);
    }
  }
  return changed;
}

function refreshPath(disk: BoardDisk, path: string, depthOf: DepthOf, now: number, changed: Set<string>): void {
  const isChanged =
    disk.tasks.has(path) || kindOfPath(path) === "task"
      ? replace(disk, disk.tasks, disk.taskReader, path, depthOf(path), now)
      : replace(disk, disk.others, disk.otherReader, path, "content", now);
  if (isChanged) changed.add(path);
}

function replace<T>(
  disk: BoardDisk,
  records: Map<string, FileRecord<T>>,
  reader: FileReader<T>,
  path: string,
  depth: Depth,
  now: number,
): boolean {
  const previous = records.get(path);
  const found = refreshFile(reader, path, previous, depth, now);
  // A known file that changed is no longer what the board branch has: read it, whatever was wanted.
  const isStale = previous !== undefined && found !== null && found !== previous && found.depth === "name";
  const record = isStale ? refreshFile(reader, path, found, "content", now) : found;
  if (record === null) return records.delete(path);
  if (record.stamp.kind === "hidden")
    disk.trouble ??= `${path} may not be looked at: mend the permissions of its folder`;
  records.set(path, record);
  return record !== previous;
}

function readTask(path: string, bytes: Uint8Array): TaskReading {
  const lane = path.split("/")[1] ?? "";
  if (!isLane(lane)) return { task: null, findings: NO_FINDINGS };
  const { task, findings } = parseTask(path, lane, bytes);
  return { task, findings: findings.length === 0 ? NO_FINDINGS : findings };
}

// One for all: nearly every file has none.
const NO_FINDINGS: readonly Finding[] = Object.freeze([]);

function readOther(root: string, path: string, bytes: Uint8Array): OtherReading {
  return path === SETTINGS_PATH ? parseSettings(path, bytes, root) : { settings: null, findings: [] };
}

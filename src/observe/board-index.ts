import type { Finding } from "../board/finding.ts";
import { foldName } from "../board/portable-name.ts";
import { taskIdOf } from "../board/task-file.ts";
import type { TaskView } from "../decide/snapshot.ts";
import type { BoardDisk } from "./board-disk.ts";
import { compareFolders, type HeadTree } from "./head-tree.ts";
import { kindOfPath } from "./list-board.ts";
import { createMultiMap, type MultiMap } from "./multi-map.ts";
import type { Absences } from "./settle.ts";

/**
 * Everything known of `board/`, on disk and on the board branch, indexed so that a look costs what changed.
 * It is a cache: throwing it away costs time and nothing else.
 */
export type BoardIndex = {
  readonly disk: BoardDisk;
  head: HeadTree;
  /** Path to blob id on the board branch, for the files that we commit. */
  readonly headFiles: Map<string, string>;
  /** Task id to its paths, on disk and on the board branch. */
  readonly byId: MultiMap<string, string>;
  readonly headById: MultiMap<string, string>;
  /** Folded ids and aliases to the paths on disk that claim them. */
  readonly byKey: MultiMap<string, string>;
  readonly keysOf: Map<string, readonly string[]>;
  /** What is on disk unread, and known to be what the board branch had at this blob id. */
  readonly trusted: Map<string, string>;
  readonly views: Map<string, TaskView>;
  readonly absences: Absences;
};

export function createBoardIndex(disk: BoardDisk, head: HeadTree): BoardIndex {
  return {
    disk,
    head,
    headFiles: new Map(),
    byId: createMultiMap(),
    headById: createMultiMap(),
    byKey: createMultiMap(),
    keysOf: new Map(),
    trusted: new Map(),
    views: new Map(),
    absences: new Map(),
  };
}

/** The id of a task file: as `taskIdOf` gives it, without the look at its name, which is made once, when it is read. */
export function idOfPath(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.md$/, "");
}

/** What is wrong with the name of a task file. */
export function nameFindings(path: string): readonly Finding[] {
  return taskIdOf(path).findings;
}

/** Takes over what changed on disk. Answers every path whose meaning may have changed with it. */
export function indexDisk(index: BoardIndex, changed: ReadonlySet<string>): Set<string> {
  const touched = new Set(changed);
  for (const path of changed) {
    if (kindOfPath(path) !== "task") continue;
    const before = index.keysOf.get(path) ?? [];
    const after = readKeys(index, path);
    const id = idOfPath(path);
    if (after.length === 0) index.byId.remove(id, path);
    else index.byId.add(id, path);
    for (const key of before) index.byKey.remove(key, path);
    for (const key of after) index.byKey.add(key, path);
    if (after.length === 0) index.keysOf.delete(path);
    else index.keysOf.set(path, after);
    for (const key of before) addAll(touched, index.byKey.get(key));
    for (const key of after) addAll(touched, index.byKey.get(key));
    addAll(touched, index.headById.get(id));
  }
  return touched;
}

/** Takes over a new state of the board branch. Answers the paths that differ there. */
export function indexHead(index: BoardIndex, head: HeadTree): Set<string> {
  const changed = new Set<string>();
  compareFolders(index.head.board, head.board, "board", (path, sha) => {
    const kind = kindOfPath(path);
    if (kind === null) return;
    changed.add(path);
    if (sha === null) index.headFiles.delete(path);
    else index.headFiles.set(path, sha);
    if (kind === "other") return;
    if (sha === null) index.headById.remove(idOfPath(path), path);
    else index.headById.add(idOfPath(path), path);
  });
  index.head = head;
  return changed;
}

function addAll(paths: Set<string>, more: readonly string[]): void {
  for (const path of more) paths.add(path);
}

function readKeys({ disk }: BoardIndex, path: string): readonly string[] {
  const record = disk.tasks.get(path);
  if (record === undefined) return [];
  const id = foldName(idOfPath(path));
  const aliases = record.value?.task?.aliases ?? [];
  return aliases.length === 0 ? [id] : [...new Set([id, ...aliases.map(foldName)])];
}

import { isLane, type Lane } from "../board/lane.ts";
import type { DuplicateView, TaskView } from "../decide/snapshot.ts";
import type { TaskReading } from "./board-disk.ts";
import { type BoardIndex, nameFindings } from "./board-index.ts";
import type { FileRecord } from "./file-record.ts";
import { settlesAt } from "./settle.ts";

/** What a view needs that cannot be read off the disk and the branch alone. */
export type ViewFacts = {
  now: number;
  /** The value of `lane` in this blob of the board branch. */
  laneRequestIn(headSha: string): string | null;
  /** Whether the file at this path is an older, committed version of its twin. */
  isOlder(path: string): boolean;
  enteredAt(id: string, lane: Lane, path: string): number | null;
};

/** One task as it stands: the file that counts, what the branch has of it, and what else claims its name. Null: no file. */
export function buildTaskView(index: BoardIndex, id: string, facts: ViewFacts): TaskView | null {
  const path = choosePath(index, id, facts);
  const record = path === null ? undefined : index.disk.tasks.get(path);
  if (path === null || record === undefined) return null;
  const lane = laneOfPath(path);
  const headSha = index.headFiles.get(path) ?? null;
  const task = record.value?.task ?? null;
  const isNameOnly = record.depth === "name";
  return {
    id,
    path,
    lane,
    task,
    isNameOnly,
    findings: findingsOf(path, record),
    blobSha: record.blobSha,
    headSha,
    headPath: headPathOf(index, id, path),
    headLaneRequest: headLaneRequest(record, headSha, facts),
    isSettled: isNameOnly || settlesAt(record, headSha) <= facts.now,
    enteredAt: facts.enteredAt(id, lane, path),
    duplicates: duplicatesOf(index, path, facts),
  };
}

/** The lane of a task's path. */
export function laneOfPath(path: string): Lane {
  const lane = path.split("/")[1] ?? "";
  return isLane(lane) ? lane : "backlog";
}

/** The paths on disk of one id that are regular files. */
export function regularPaths(index: BoardIndex, id: string): string[] {
  return [...index.byId.get(id)].filter((path) => index.disk.tasks.get(path)?.stamp.kind === "file");
}

/** Where the board branch has a task; the same path if it is there at all. */
export function headPathOf(index: BoardIndex, id: string, path: string | null): string | null {
  if (path !== null && index.headFiles.has(path)) return path;
  return [...index.headById.get(id)].toSorted(byRank)[0] ?? null;
}

const NO_TWINS: readonly string[] = Object.freeze([]);

/** All other regular files that claim one of the names of this one. */
export function twinsOf(index: BoardIndex, path: string): readonly string[] {
  const keys = index.keysOf.get(path) ?? NO_TWINS;
  if (keys.every((key) => index.byKey.get(key).length < 2)) return NO_TWINS;
  const twins = new Set(keys.flatMap((key) => [...index.byKey.get(key)]));
  twins.delete(path);
  return [...twins].filter((it) => index.disk.tasks.get(it)?.stamp.kind === "file").toSorted();
}

// Of several files the one counts that the board branch knows, and a running task before all: a stale copy elsewhere
// must not look like a command to stop it.
function choosePath(index: BoardIndex, id: string, facts: ViewFacts): string | null {
  const paths = regularPaths(index, id);
  if (paths.length > 1) paths.sort(byRank);
  if (paths.length < 2) return paths[0] ?? null;
  const current = paths.filter((it) => !facts.isOlder(it));
  return current.find((it) => index.headFiles.has(it)) ?? current[0] ?? paths[0] ?? null;
}

const RANKS: readonly Lane[] = ["doing", "for_review", "done", "blocked", "planned", "backlog"];

function byRank(a: string, b: string): number {
  return RANKS.indexOf(laneOfPath(a)) - RANKS.indexOf(laneOfPath(b)) || (a < b ? -1 : 1);
}

function headLaneRequest(
  record: FileRecord<TaskReading>,
  headSha: string | null,
  facts: ViewFacts,
): string | null | undefined {
  if (headSha === null) return undefined;
  const request = record.value?.task?.laneRequest ?? null;
  return request === null || record.blobSha === headSha ? request : facts.laneRequestIn(headSha);
}

function findingsOf(path: string, record: FileRecord<TaskReading>): TaskView["findings"] {
  if (record.value !== null) return record.value.findings;
  const named = nameFindings(path);
  return record.problem === null ? named : [...named, record.problem];
}

const NO_DUPLICATES: readonly DuplicateView[] = Object.freeze([]);

function duplicatesOf(index: BoardIndex, path: string, facts: ViewFacts): readonly DuplicateView[] {
  const twins = twinsOf(index, path);
  if (twins.length === 0) return NO_DUPLICATES;
  return twins.map((twin) => ({
    path: twin,
    isOlderVersion: facts.isOlder(twin),
    blobSha: index.disk.tasks.get(twin)?.blobSha ?? null,
  }));
}

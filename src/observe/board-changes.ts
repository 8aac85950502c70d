import type { Change } from "../decide/snapshot.ts";
import { type BoardIndex, idOfPath } from "./board-index.ts";
import { kindOfPath } from "./list-board.ts";
import { GONE_MS, noteAbsence, STASH_GONE_MS, settlesAt } from "./settle.ts";
import { regularPaths } from "./task-view.ts";

/** What a path comes to: as committed, a settled difference, or something to look at again at an instant. */
export type Judgement = { state: "clean" } | { state: "change"; change: Change } | { state: "wait"; until: number };

export type ChangeFacts = {
  now: number;
  /** Files with a twin whose part is not clear yet, or that are about to be removed: until then they are not committed. */
  withheldUntil(path: string): number | null;
  /** Whether a missing file may have been taken away by a stash. */
  mayBeStashed(path: string): boolean;
};

const CLEAN: Judgement = { state: "clean" };

/** Compares one path under `board/` with the board branch. */
export function judgePath(index: BoardIndex, path: string, facts: ChangeFacts): Judgement {
  const headSha = index.headFiles.get(path) ?? null;
  const record = index.disk.tasks.get(path) ?? index.disk.others.get(path);
  if (record === undefined) return headSha === null ? forget(index, path) : judgeMissing(index, path, headSha, facts);
  index.absences.delete(path);
  const blobSha = record.depth === "name" ? (index.trusted.get(path) ?? null) : record.blobSha;
  // What cannot be read cannot be committed either; it is shown as a finding.
  if (blobSha === null || blobSha === headSha) return CLEAN;
  const until = Math.max(settlesAt(record, headSha), facts.withheldUntil(path) ?? 0);
  return until > facts.now ? { state: "wait", until } : { state: "change", change: { path, blobSha, headSha } };
}

/** The tasks of the board branch that have no file anywhere any more: paths by lane. */
export function missingTasks(index: BoardIndex, paths: Iterable<string>): string[] {
  return [...paths].filter(
    (path) =>
      kindOfPath(path) === "task" &&
      index.headFiles.has(path) &&
      !index.byId.has(idOfPath(path)) &&
      !isThere(index, path),
  );
}

function isThere(index: BoardIndex, path: string): boolean {
  return index.disk.tasks.has(path) || index.disk.others.has(path);
}

function forget(index: BoardIndex, path: string): Judgement {
  index.absences.delete(path);
  return CLEAN;
}

function judgeMissing(index: BoardIndex, path: string, headSha: string, facts: ChangeFacts): Judgement {
  const removal: Judgement = { state: "change", change: { path, blobSha: null, headSha } };
  if (kindOfPath(path) === "task") {
    const elsewhere = regularPaths(index, idOfPath(path));
    // A move is believed at once, but the old place is given up only together with, or after, the new one.
    if (elsewhere.length > 0) {
      index.absences.delete(path);
      const until = Math.min(...elsewhere.map((it) => safeFrom(index, it, facts)));
      return until <= facts.now ? removal : { state: "wait", until };
    }
  }
  const isFirst = index.absences.get(path)?.headSha !== headSha;
  const until = noteAbsence(index.absences, path, headSha, facts.now);
  if (isFirst || until > facts.now) return { state: "wait", until };
  return facts.mayBeStashed(path) ? { state: "wait", until: facts.now + STASH_GONE_MS } : removal;
}

// From when on the file at this path is, or can be, committed.
function safeFrom(index: BoardIndex, path: string, facts: ChangeFacts): number {
  const record = index.disk.tasks.get(path);
  const blobSha = record?.blobSha ?? index.trusted.get(path) ?? null;
  if (record === undefined || blobSha === null) return facts.now + GONE_MS;
  const headSha = index.headFiles.get(path) ?? null;
  if (blobSha === headSha) return 0;
  return Math.max(settlesAt(record, headSha), facts.withheldUntil(path) ?? 0);
}

import type { FileRecord } from "./file-record.ts";

/** An editor that saves in several writes is done within this time after each. */
export const SETTLE_MS = 50;
/** An empty file is what is left while an editor truncates and writes; a really empty one can wait. */
export const EMPTY_SETTLE_MS = 1_000;
/** The same where the board branch has content: a program that writes slowly is likelier than somebody who wants nothing there. */
export const EMPTIED_SETTLE_MS = 10_000;
/** A file that is missing once may be an editor between unlink and rename. */
export const GONE_MS = 100;
/** Files that a stash may have taken away are put back meanwhile; this often it is looked whether they are. */
export const STASH_GONE_MS = 500;
/** Two files with one id may be somebody's copy-and-remove under way. */
export const DUPLICATE_MS = 1_000;

/**
 * The instant from which no editor is in the middle of writing this file. A rename changes no content, so a moved file
 * is settled at once; and so is one that holds exactly what was committed.
 */
export function settlesAt(record: FileRecord<unknown>, headSha: string | null): number {
  if (record.blobSha !== null && record.blobSha === headSha) return 0;
  const { mtimeMs, size } = record.stamp;
  // A time of change in the future (another clock, a restored file) says nothing; when it was first seen does.
  const changedAt = mtimeMs <= record.seenAt ? mtimeMs : record.seenAt;
  if (size > 0 || record.path.endsWith(".gitkeep")) return changedAt + SETTLE_MS;
  return changedAt + (headSha === null ? EMPTY_SETTLE_MS : EMPTIED_SETTLE_MS);
}

/** Files of the board branch that are missing on disk, and since when that has been seen. */
export type Absences = Map<string, { headSha: string; since: number }>;

/** Notes that a path is missing and answers when that may be believed; never at the first look. */
export function noteAbsence(absences: Absences, path: string, headSha: string, now: number): number {
  const known = absences.get(path);
  const since = known?.headSha === headSha ? known.since : now;
  absences.set(path, { headSha, since });
  return since + GONE_MS;
}

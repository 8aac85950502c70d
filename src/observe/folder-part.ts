import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../board/finding.ts";
import { isTaskFile } from "../board/task-file.ts";
import { type FileReader, type FileRecord, refreshFile } from "./file-record.ts";
import { settlesAt } from "./settle.ts";

export type Reading<T> = { value: T | null; findings: readonly Finding[] };

/** The Markdown files of one folder, each read into one value, as they were when last read. */
export type FolderPart<T> = {
  /** Relative to the board root. */
  readonly folder: string;
  readonly reader: FileReader<Reading<T>>;
  readonly records: Map<string, FileRecord<Reading<T>>>;
  /** When a file that somebody may be writing is to be looked at again. */
  lookAgainAt: number | null;
};

/** A folder of which nothing was read yet. */
export function createFolderPart<T>(folder: string, reader: FileReader<Reading<T>>): FolderPart<T> {
  return { folder, reader, records: new Map(), lookAgainAt: null };
}

/** Reads what changed in the folder; answers what its files hold. A file in the middle of a save counts as it was before. */
export function updateFolder<T>(part: FolderPart<T>, now: number): { values: T[]; findings: Finding[] } {
  const paths = listFiles(part.reader.root, part.folder);
  part.lookAgainAt = null;
  for (const path of part.records.keys()) if (!paths.includes(path)) part.records.delete(path);
  const records = paths.flatMap((path) => {
    const previous = part.records.get(path);
    const found = refreshFile(part.reader, path, previous, "content", now);
    const isUnsettled = found !== null && found !== previous && settlesAt(found, null) > now;
    if (isUnsettled) part.lookAgainAt = settlesAt(found, null);
    const record = isUnsettled && previous !== undefined ? previous : found;
    if (record === null) return [];
    part.records.set(path, record);
    return [record];
  });
  return {
    values: records.flatMap(({ value }) => value?.value ?? []),
    findings: [...part.records.values()].flatMap(({ value, problem }) => [
      ...(value?.findings ?? []),
      ...(problem === null ? [] : [problem]),
    ]),
  };
}

function listFiles(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true })
      .filter((it) => !it.isDirectory() && isTaskFile(it.name))
      .map((it) => `${folder}/${it.name}`)
      .toSorted();
  } catch {
    return [];
  }
}

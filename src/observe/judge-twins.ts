import { join } from "node:path";
import type { Repository } from "../git/repository.ts";
import type { BoardIndex } from "./board-index.ts";
import { isOlderTwin, type Twin } from "./older-twin.ts";
import { readPathHistory } from "./path-history.ts";
import { readHeadBytes } from "./read-bytes.ts";
import { DUPLICATE_MS } from "./settle.ts";
import { laneOfPath, regularPaths } from "./task-view.ts";

/** What is known of files that share an id: until when nothing is said, then which of them are older versions. */
export type TwinVerdict = { until: number; older: ReadonlySet<string> };

const TEXT_BYTES = 1_048_576;
const HISTORY_COMMITS = 40;

/**
 * Judges the files of one id; null when there is only one. For a while after the last of them came nothing is said: it may
 * be somebody's copy-and-remove under way. One git process, and only when several files share the id.
 */
export async function judgeTwins(
  index: BoardIndex,
  repo: Repository,
  id: string,
  now: number,
): Promise<TwinVerdict | null> {
  const paths = regularPaths(index, id);
  if (paths.length < 2) return null;
  const until = Math.max(...paths.map((path) => quietAt(index, path)));
  if (until > now) return { until, older: new Set() };
  if (index.head.commitSha === null) return { until: 0, older: new Set() };
  const twins = paths.flatMap((path) => readTwin(index, path) ?? []);
  const history = await readPathHistory(repo, index.head.commitSha, paths, HISTORY_COMMITS);
  const older = twins.filter((twin) => twins.some((other) => other !== twin && isOlderTwin(twin, other, history)));
  return { until: 0, older: new Set(older.map((it) => it.path)) };
}

function quietAt(index: BoardIndex, path: string): number {
  const record = index.disk.tasks.get(path);
  if (record === undefined) return 0;
  const { ctimeMs } = record.stamp;
  return (ctimeMs <= record.seenAt ? ctimeMs : record.seenAt) + DUPLICATE_MS;
}

function readTwin(index: BoardIndex, path: string): Twin | null {
  const record = index.disk.tasks.get(path);
  if (record === undefined || record.blobSha === null) return null;
  const { blobSha, stamp, value } = record;
  try {
    const text = readHeadBytes(join(index.disk.root, path), TEXT_BYTES, stamp.size).toString("utf8");
    const isClaim = laneOfPath(path) === "doing" && (value?.task?.assigned ?? null) !== null;
    return { path, blobSha, headSha: index.headFiles.get(path) ?? null, text, inode: stamp.ino, isClaim };
  } catch {
    return null;
  }
}

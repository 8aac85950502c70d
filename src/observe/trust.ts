import { idOfPath } from "./board-index.ts";
import { readDirtyPaths } from "./git-status.ts";
import type { Observed } from "./observed.ts";

/** Reading so few files costs less than asking git about them. */
const FEW = 100;
/** A file that changed this shortly before is read: its stamp may not show a change that came after git's look. */
const FRESH_MS = 100;

/**
 * Finds out, once, which of the files that nobody needs are exactly what is committed, so that they can stay unread. Those
 * that are not, what a person typed while no daemon ran, are read and committed like any other.
 */
export async function establishTrust(observed: Observed, now: number): Promise<void> {
  const { index } = observed.board;
  const { disk, trusted } = observed.sessions;
  const unread = [...index.disk.tasks.values()].filter((it) => it.depth === "name");
  const isWorthIt = unread.length + disk.names.size > FEW;
  const dirty = isWorthIt ? await readDirtyPaths(observed.options.boardRepo, ["board/done", "sessions"]) : null;
  observed.isTrusted = true;
  if (dirty === null) return;
  for (const { path, stamp } of unread) {
    const headSha = index.headFiles.get(path);
    if (headSha !== undefined && !dirty.has(path) && now - stamp.ctimeMs > FRESH_MS) index.trusted.set(path, headSha);
  }
  const dirtyNames = new Set([...dirty].map((path) => path.split("/")[1]));
  for (const [name, stamp] of disk.names) {
    const treeSha = index.head.sessions.get(name);
    const isFresh = now - Math.max(stamp.ctimeMs, stamp.mtimeMs) <= FRESH_MS;
    if (treeSha !== undefined && !dirtyNames.has(name) && !isFresh && !observed.wantedIds.has(idOfPath(name))) {
      trusted.set(name, treeSha);
    }
  }
}

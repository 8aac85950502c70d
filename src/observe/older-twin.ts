import { isSameBesidesOurKeys } from "../board/same-text.ts";
import type { PathChange } from "./path-history.ts";

/** One of several files with the same id. */
export type Twin = {
  path: string;
  blobSha: string;
  /** What the board branch has at this path. */
  headSha: string | null;
  text: string;
};

/**
 * Whether `twin` is an older, committed version of `other`, so that it can go without losing a word. `history` is that of
 * both paths, newest first. When in doubt it is not: then a person decides.
 *
 * Two things leave an old file behind: an editor that saves a stale buffer to the path the task had before it moved, and a
 * move (the daemon's own, cut short; or a copy) whose second half is missing.
 */
export function isOlderTwin(twin: Twin, other: Twin, history: readonly PathChange[]): boolean {
  const isStale = wasLeftBefore(twin, history);
  if (isStale !== wasLeftBefore(other, history)) return isStale;
  if (twin.headSha !== twin.blobSha || !isSameBesidesOurKeys(twin.text, other.text)) return false;
  if (other.headSha === null) return true;
  return other.headSha === other.blobSha && newest(twin, history) > newest(other, history);
}

/** Whether these very bytes were once committed at this path and the task then left it. */
function wasLeftBefore(twin: Twin, history: readonly PathChange[]): boolean {
  const own = history.filter((it) => it.path === twin.path);
  const leftAt = own.findIndex((it) => it.to === null);
  return leftAt >= 0 && own.slice(leftAt).some((it) => it.to === twin.blobSha);
}

/** Number of the last commit that changed the file: a higher one is older. */
function newest(twin: Twin, history: readonly PathChange[]): number {
  return history.find((it) => it.path === twin.path)?.commit ?? Number.POSITIVE_INFINITY;
}

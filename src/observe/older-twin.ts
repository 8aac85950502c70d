import { hasOurKeys, isSameBesidesOurKeys } from "../board/same-text.ts";
import type { PathChange } from "./path-history.ts";

/** One of several files with the same id. */
export type Twin = {
  path: string;
  blobSha: string;
  /** What the board branch has at this path. */
  headSha: string | null;
  text: string;
  /** Number of the file itself: two names of one file have the same. */
  inode: number;
  /** It is in `doing/` and has a slot. */
  isClaim: boolean;
};

/**
 * Whether `twin` is an older version of `other`, so that it can go without losing a word. `history` is that of both paths,
 * newest first. When in doubt it is not: then a person decides.
 *
 * Two things leave an old file behind: an editor that saves a stale buffer to the path the task had before it moved, perhaps
 * before anybody could commit it there; and a move of the daemon's own that was cut short between its two halves.
 */
export function isOlderTwin(twin: Twin, other: Twin, history: readonly PathChange[]): boolean {
  // Two names of one file: a move was cut short, and the name that came last is where it was to go.
  if (twin.inode === other.inode && twin.blobSha === other.blobSha) {
    const [own, others] = [cameAt(twin, history), cameAt(other, history)];
    if (own !== others) return own > others;
  }
  const isLeft = wasLeftBefore(twin, history);
  if (isLeft !== wasLeftBefore(other, history)) return isLeft;
  if (!isSameBesidesOurKeys(twin.text, other.text)) return false;
  // Of a task that went to and fro, the file counts to which it moved last.
  const cameByMove = cameFrom(twin, other, history);
  if (cameByMove !== cameFrom(other, twin, history)) return !cameByMove;
  // The one that works with the task must not be disturbed, and what the daemon wrote is newer than what it found.
  if (twin.isClaim !== other.isClaim) return other.isClaim;
  const isMarked = hasOurKeys(twin.text);
  if (isMarked !== hasOurKeys(other.text)) return !isMarked;
  const isCommitted = twin.headSha === twin.blobSha;
  if (!isCommitted || other.headSha !== null) return false;
  // Of two equal files one is a person's copy, unless they are the two names of a file that is being moved.
  return twin.blobSha !== other.blobSha || twin.inode === other.inode;
}

/** Whether these very bytes were once committed at this path and the task then left it. */
function wasLeftBefore(twin: Twin, history: readonly PathChange[]): boolean {
  const own = history.filter((it) => it.path === twin.path);
  const leftAt = own.findIndex((it) => it.to === null);
  return leftAt >= 0 && own.slice(leftAt).some((it) => it.to === twin.blobSha);
}

/** The number of the commit that brought a file to where it is: the smaller, the later. */
function cameAt({ path, headSha }: Twin, history: readonly PathChange[]): number {
  if (headSha === null) return -1;
  const own = history.filter((it) => it.path === path);
  const leftAt = own.findIndex((it) => it.to === null);
  return own.at(leftAt < 0 ? -1 : leftAt - 1)?.commit ?? Number.MAX_SAFE_INTEGER;
}

/** Whether the last commit to touch `twin` brought it there from the place of `other`. */
function cameFrom(twin: Twin, other: Twin, history: readonly PathChange[]): boolean {
  const last = history.find((it) => it.path === twin.path);
  if (last === undefined || last.to === null) return false;
  return history.some((it) => it.path === other.path && it.to === null && it.commit === last.commit);
}

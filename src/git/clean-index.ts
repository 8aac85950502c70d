import { join } from "node:path";
import { stampOf } from "./head.ts";
import type { GitPlace } from "./profile.ts";

// A cache: not to know costs one look of git's.
const CLEAN = new Map<string, string>();
// What the index was after somebody else wrote it.
const FOREIGN = new Map<string, string>();

/** Whether the index is still the one that was found to be in order, or only we wrote it since. */
export function isIndexKnown(place: GitPlace): boolean {
  return CLEAN.get(place.gitDir) === stampOf(indexOf(place));
}

/** The index, as it was at this stamp, is in order. */
export function noteCleanIndex({ gitDir }: GitPlace, stamp: string): void {
  CLEAN.set(gitDir, stamp);
}

/** Nothing is known of it any more: an action of ours was cut short after it had set entries. */
export function forgetIndex({ gitDir }: GitPlace): void {
  CLEAN.delete(gitDir);
}

/** Somebody else wrote the index: now, or right before we did. */
export function noteForeignIndex(place: GitPlace): void {
  FOREIGN.set(place.gitDir, stampOf(indexOf(place)));
}

/** The stamp of the last index that somebody else wrote, as far as is known; empty when nobody did. */
export function foreignIndex(place: GitPlace): string {
  if (!isIndexKnown(place)) noteForeignIndex(place);
  return FOREIGN.get(place.gitDir) ?? "";
}

function indexOf({ gitDir }: GitPlace): string {
  return join(gitDir, "index");
}

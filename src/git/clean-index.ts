import { join } from "node:path";
import { changedAt } from "./changed-at.ts";
import { stampOf } from "./head.ts";
import type { GitPlace } from "./profile.ts";

// A cache: not to know costs one look of git's.
const CLEAN = new Map<string, string>();
// When somebody else wrote it last, ms since the epoch.
const FOREIGN = new Map<string, number>();

/** Whether the index is still the one that was found to be in order, or only we wrote it since. */
export function isIndexKnown({ gitDir }: GitPlace): boolean {
  return CLEAN.get(gitDir) === stampOf(join(gitDir, "index"));
}

/** The index, as it was at this stamp, is in order. */
export function noteCleanIndex({ gitDir }: GitPlace, stamp: string): void {
  CLEAN.set(gitDir, stamp);
}

/** Nothing is known of it any more: an action of ours was cut short after it had set entries. */
export function forgetIndex({ gitDir }: GitPlace): void {
  CLEAN.delete(gitDir);
}

/** Somebody else wrote the index, at this time or before it. */
export function noteForeignIndex({ gitDir }: GitPlace, at: number): void {
  FOREIGN.set(gitDir, Math.max(at, FOREIGN.get(gitDir) ?? 0));
}

/** When somebody else wrote the index last, ms since the epoch, as far as is known; 0 when nobody did. */
export function foreignIndexAt(place: GitPlace): number {
  if (!isIndexKnown(place)) noteForeignIndex(place, Math.min(changedAt(join(place.gitDir, "index")), Date.now()));
  return FOREIGN.get(place.gitDir) ?? 0;
}

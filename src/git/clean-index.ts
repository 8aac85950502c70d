import { join } from "node:path";
import { stampOf } from "./head.ts";
import type { GitPlace } from "./profile.ts";

// A cache: not to know costs one look of git's.
const CLEAN = new Map<string, string>();

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

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { blobSha, removeFileDurably, writeFileDurably } from "../files/durable.ts";
import type { FileDiff } from "./diff-trees.ts";
import type { GitPlace } from "./profile.ts";
import { namesIn } from "./worktree-admin.ts";

/**
 * A move of a branch whose working trees go first: those that had it checked out. `diffs`: all that differs between its two
 * commits, since nothing else may hold the new one, and `git gc` takes it away.
 */
export type AdvanceNote = {
  ref: string;
  from: string;
  to: string;
  places: readonly AdvancePlace[];
  /** Null in a note of an earlier version. */
  diffs: readonly FileDiff[] | null;
};

/** `kept`: paths at which somebody had made the same change before; it is theirs. `unstaged`: those they had not staged. */
export type AdvancePlace = { gitDir: string; kept: readonly string[]; unstaged?: readonly string[] };

/**
 * Writes down that working trees are about to be ahead of their branch. Whoever dies in between would else leave a change in
 * them that the branch does not have, and that the person's next commit would take. Code: WRITE_FAILED.
 */
export function noteAdvance(place: GitPlace, note: AdvanceNote): void {
  mkdirSync(folderOf(place), { recursive: true });
  // Where no working tree goes first there is only who comes in these milliseconds, and what git does for them is not synced.
  writeFileDurably(pathOf(place, note.ref), JSON.stringify(note), { isSynced: note.places.length > 0 });
}

/** The move of this ref that is under way, or was cut short; null when there is none. */
export function readAdvance(place: GitPlace, ref: string): AdvanceNote | null {
  return parse(pathOf(place, ref));
}

/** All moves that are under way, or were cut short. */
export function listAdvances(place: GitPlace): AdvanceNote[] {
  return namesIn(folderOf(place)).flatMap((name) => parse(join(folderOf(place), name)) ?? []);
}

/** The branch and its working trees are at one again. Code: WRITE_FAILED. */
export function forgetAdvance(place: GitPlace, ref: string): void {
  removeFileDurably(pathOf(place, ref));
}

function parse(path: string): AdvanceNote | null {
  try {
    const note: unknown = JSON.parse(readFileSync(path, "utf8"));
    return isNote(note) ? { ...note, diffs: note.diffs ?? null } : null;
  } catch {
    return null;
  }
}

function isNote(it: unknown): it is AdvanceNote {
  if (typeof it !== "object" || it === null) return false;
  const { ref, from, to, places, diffs } = it as Partial<AdvanceNote>;
  const isNamed = [ref, from, to].every((value) => typeof value === "string");
  return isNamed && Array.isArray(places) && places.every(isPlace) && Array.isArray(diffs ?? []);
}

function isPlace(it: unknown): it is AdvancePlace {
  if (typeof it !== "object" || it === null) return false;
  const { gitDir, kept } = it as Partial<AdvancePlace>;
  return typeof gitDir === "string" && Array.isArray(kept);
}

function folderOf({ commonDir }: GitPlace): string {
  return join(commonDir, "kanband", "advances");
}

// A ref may be longer than a file's name.
function pathOf(place: GitPlace, ref: string): string {
  return join(folderOf(place), `${blobSha(Buffer.from(ref))}.json`);
}

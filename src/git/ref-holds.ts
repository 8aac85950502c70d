import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, type Stats } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nonce } from "../files/place.ts";
import { isLongOver, removeOwner, stateOfOwner, writeOwner } from "./owner.ts";
import type { GitPlace } from "./profile.ts";
import { readText } from "./refs.ts";
import { listLinked, namesIn } from "./worktree-admin.ts";

/** What is held: refs, with the text that git writes into the lock of each, and the git directory whose HEAD it locks, too. */
type Hold = { locks: readonly { ref: string; to: string | null }[]; gitDir: string };

type Lock = { path: string; stamp: string };

/** A hold that is written down. */
export type RefHold = {
  /** They are locked by now: the locks that are there are ours. */
  markTaken(): void;
  /** The git that was to lock them was killed at it. */
  clearFailed(): Promise<void>;
  /** They are let go, or moved: what is still there of our locks was left by a git that was killed alone. */
  end(): void;
};

/**
 * Writes down that refs are about to be locked for us. Locks end with the git that holds them, but not where that is killed: then
 * nobody could move these refs for good.
 */
export function noteHold(place: GitPlace, locks: Hold["locks"]): RefHold {
  const folder = folderOf(place);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${nonce()}.json`);
  writeOwner(path, { locks, gitDir: place.gitDir } satisfies Hold);
  let taken: readonly Lock[] = [];
  return {
    markTaken: () => void (taken = locksOf(place, path)),
    clearFailed: async () => void (await releaseAll(place, path)),
    end() {
      removeStill(place, path, taken);
      removeOwner(path);
    },
  };
}

/**
 * Removes the locks of those who were killed together with their git: as noted, with our text in them or none, made right after
 * that note, and still there a while after nobody is left who could let go of them. One without its text may be just being
 * written; when it is old it stands for all that was locked right after it. Answers whether there were any.
 */
export async function releaseDead(place: GitPlace): Promise<boolean> {
  let hasReleased = false;
  for (const name of namesIn(folderOf(place))) {
    const path = join(folderOf(place), name);
    const state = readHold(path) === null ? "unseen" : stateOfOwner(path);
    if (state !== "dead" && !(state === "unseen" && isLongOver(path))) continue;
    if (await releaseAll(place, path)) hasReleased = true;
    removeOwner(path);
  }
  return hasReleased;
}

async function releaseAll(place: GitPlace, note: string): Promise<boolean> {
  const before = locksOf(place, note);
  // Git lets go of them by itself when only we were killed.
  if (before.length > 0) await sleep(ENDING_MS);
  return removeStill(place, note, before);
}

/** Removes those of these locks that are still the same. Answers whether there were any. */
function removeStill(place: GitPlace, note: string, before: readonly Lock[]): boolean {
  if (before.length === 0) return false;
  const now = new Map(locksOf(place, note).map((it) => [it.path, it.stamp]));
  const still = before.filter(({ path, stamp }) => now.get(path) === stamp);
  for (const { path } of still) rmSync(path, { force: true });
  return still.length > 0;
}

const ENDING_MS = 500;
const OBJECT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;
const CLOCK_MS = 20;
// From the note to the last lock, on a machine with a lot to do.
const TAKING_MS = 5000;

function locksOf(place: GitPlace, note: string): Lock[] {
  const hold = readHold(note);
  const noted = statOf(note);
  if (noted === undefined) return [];
  return (hold === null ? allLocks(place) : namedBy(place, hold)).flatMap(({ path, text }) => {
    const stat = statOf(path);
    if (stat === undefined) return [];
    const sinceMs = stat.mtimeMs - noted.mtimeMs;
    const isOfThen = sinceMs > -CLOCK_MS && sinceMs < TAKING_MS;
    const now = readText(path)?.trim() ?? "?";
    const isOurs = isOfThen && (now === "" || (text === null ? OBJECT_ID.test(now) : now === text));
    return isOurs ? [{ path, stamp: `${stat.ino}:${stat.mtimeMs}` }] : [];
  });
}

/** Where a lock may be, and what is written in it; null: any id. */
type Place = { path: string; text: string | null };

function namedBy({ commonDir }: GitPlace, { locks, gitDir }: Hold): Place[] {
  const refs = locks.map(({ ref, to }) => ({ path: join(commonDir, `${ref}.lock`), text: to ?? "" }));
  return [...refs, { path: join(gitDir, "HEAD.lock"), text: "" }];
}

/** Of a note without its text, as after a power cut, nothing but when it was made tells which locks it was about. */
function allLocks(place: GitPlace): Place[] {
  const refs = ["refs/heads", "refs/kanband"].flatMap((folder) => locksIn(join(place.commonDir, folder)));
  const gitDirs = [place.commonDir, ...listLinked(place).map(({ gitDir }) => gitDir)];
  return [
    ...refs.map((path) => ({ path, text: null })),
    ...gitDirs.map((gitDir) => ({ path: join(gitDir, "HEAD.lock"), text: "" })),
  ];
}

function locksIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.flatMap((name) => (name.endsWith(".lock") ? [join(folder, name)] : []));
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function readHold(path: string): Hold | null {
  try {
    const hold = JSON.parse(readFileSync(path, "utf8")) as Partial<Hold>;
    return Array.isArray(hold.locks) && typeof hold.gitDir === "string" ? (hold as Hold) : null;
  } catch {
    return null;
  }
}

function folderOf({ commonDir }: GitPlace): string {
  return join(commonDir, "kanband/holds");
}

import { lstatSync, mkdirSync, readFileSync, rmSync, type Stats } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nonce } from "../files/place.ts";
import { removeOwner, stateOfOwner, writeOwner } from "./owner.ts";
import type { GitPlace } from "./profile.ts";
import { readText } from "./refs.ts";
import { namesIn } from "./worktree-admin.ts";

/** What is held: refs, with the text that git writes into the lock of each, and the git directory whose HEAD it locks, too. */
type Hold = { locks: readonly { ref: string; to: string | null }[]; gitDir: string };

/**
 * Writes down that refs are about to be locked for us; what it answers says that they are not any more. Locks end with the git
 * that holds them, but not where that is killed, too, as with a whole container: then nobody could move these refs for good.
 */
export function noteHold(place: GitPlace, locks: Hold["locks"]): () => void {
  const folder = folderOf(place);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${nonce()}.json`);
  writeOwner(path, { locks, gitDir: place.gitDir } satisfies Hold);
  return () => removeOwner(path);
}

/**
 * Removes the locks of those who were killed together with their git: as noted, with our text in them or none, made right after
 * that note, and still there a while after nobody is left who could let go of them. Answers whether there were any.
 */
export async function releaseDead(place: GitPlace): Promise<boolean> {
  let hasReleased = false;
  for (const name of namesIn(folderOf(place))) {
    const path = join(folderOf(place), name);
    if (stateOfOwner(path) !== "dead") continue;
    const before = locksOf(place, path);
    // Git lets go of them by itself when only we were killed.
    if (before.length > 0) await sleep(ENDING_MS);
    const still = new Map(locksOf(place, path).map((it) => [it.path, it.stamp]));
    for (const lock of before) {
      if (still.get(lock.path) !== lock.stamp) continue;
      rmSync(lock.path, { force: true });
      hasReleased = true;
    }
    removeOwner(path);
  }
  return hasReleased;
}

const ENDING_MS = 500;
const CLOCK_MS = 20;
// From the note to the last lock, on a machine with a lot to do.
const TAKING_MS = 5000;

function locksOf(place: GitPlace, note: string): { path: string; stamp: string }[] {
  const hold = readHold(note);
  const noted = statOf(note);
  if (hold === null || noted === undefined) return [];
  const refs = hold.locks.map(({ ref, to }) => ({ path: join(place.commonDir, `${ref}.lock`), text: to ?? "" }));
  return [...refs, { path: join(hold.gitDir, "HEAD.lock"), text: "" }].flatMap(({ path, text }) => {
    const stat = statOf(path);
    if (stat === undefined) return [];
    const sinceMs = stat.mtimeMs - noted.mtimeMs;
    const isOfThen = sinceMs > -CLOCK_MS && sinceMs < TAKING_MS;
    const isOurs = isOfThen && ["", text].includes(readText(path)?.trim() ?? "?");
    return isOurs ? [{ path, stamp: `${stat.ino}:${stat.mtimeMs}` }] : [];
  });
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

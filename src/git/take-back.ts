import { failpoint } from "../files/failpoint.ts";
import type { AdvanceNote, AdvancePlace } from "./advance-note.ts";
import { listOwnCheckouts, lockedAway } from "./branch-places.ts";
import { diffFiles, type FileDiff } from "./branches.ts";
import { readHeadNow } from "./head.ts";
import { findInTheWay, foldersOf } from "./in-the-way.ts";
import { entryOf, type IndexEntry, setIndexEntries, waitForIndex } from "./index-entries.ts";
import { moveFiles, settleMoves, treeWith } from "./move-files.ts";
import { seeSides } from "./move-plan.ts";
import { createLook } from "./on-disk.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";
import { personsEnvironment } from "./safe-config.ts";
import { type Aside, readSides } from "./sides.ts";
import { readTagged } from "./tagged-entries.ts";
import { describeConflict, listUnmerged } from "./unmerged.ts";
import { HELD_PATIENCE_MS } from "./while-free.ts";
import type { WorkingTree } from "./worktree-admin.ts";

/**
 * `left`: paths that somebody has changed since, or has files in the way of. `busy`: places where nothing was done yet, and
 * why.
 */
export type TakenBack = { left: string[]; busy: string[] };

/**
 * Takes a move of a branch that did not come to its end back out of the working trees that were ahead of it: what they and
 * their indexes have of the new side becomes the old one again, where HEAD has it so. All else stays as it is.
 * Codes: GIT_LOCKED, GIT_FAILED, WRITE_FAILED.
 */
export async function takeBack(repo: Repository, note: AdvanceNote): Promise<TakenBack> {
  const taken: TakenBack = { left: [], busy: [] };
  const diffs = note.diffs ?? (await diffFiles(repo, note.from, note.to));
  failpoint("git.takeback.before-files");
  const away = lockedAway(repo).filter((it) => note.places.some(({ gitDir }) => gitDir === it.gitDir));
  taken.busy.push(...away.map(({ top }) => `(the worktree ${top} is locked, and is not there)`));
  const failures: unknown[] = [];
  for (const place of new Map(listOwnCheckouts(repo).map((it) => [it.gitDir, it])).values()) {
    const noted = note.places.find(({ gitDir }) => gitDir === place.gitDir);
    if (noted === undefined) continue;
    try {
      const { left, busy } = await takeBackAt(repo, place, { note, noted, diffs });
      taken.left.push(...left);
      taken.busy.push(...busy);
    } catch (error) {
      // The others are nobody's prisoners.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  failpoint("git.takeback.after-files");
  return taken;
}

type At = { note: AdvanceNote; noted: AdvancePlace; diffs: readonly FileDiff[] };

async function takeBackAt(repo: Repository, place: WorkingTree, { note, noted, diffs }: At): Promise<TakenBack> {
  const halves = settleMoves(place);
  const left = halves.flatMap((it) => it.left);
  const ours = halves.filter(({ to }) => to === note.to);
  const takenOver = new Set(ours.flatMap((it) => [...it.takenOver]));
  // What was put back from half-way is as it was; whatever is new there by now is somebody's own.
  if (ours.length > 0 && takenOver.size === 0) return { left, busy: [] };
  const { operation, sha } = readHeadNow(place);
  if (operation !== null) return { left, busy: [`(a ${operation} is in progress in ${place.top})`] };
  if (sha === null) return { left, busy: [] };
  const later = sha === note.from ? [] : await diffFiles(repo, note.from, sha);
  const paths = new Set(later.map(({ path }) => path));
  left.push(...[...takenOver].filter((it) => paths.has(it)));
  // What is staged alone may never have been looked at by anybody.
  const still = diffs.filter(({ path }) => !paths.has(path) && (ours.length === 0 || takenOver.has(path)));
  const open = still.filter(({ path }) => !noted.kept.includes(path));
  const unstaged = still.filter(({ path }) => noted.unstaged?.includes(path));
  await waitForIndex(place, Date.now() + HELD_PATIENCE_MS);
  const unmerged = await listUnmerged(place, await personsEnvironment(place));
  if (unmerged.length > 0) return { left, busy: [describeConflict(place, unmerged)] };
  return { left: [...left, ...(await takeBackIn(repo, place, { note, open, unstaged }))], busy: [] };
}

/** Puts back what a move has left half-way in its working trees, and nothing else. Code: WRITE_FAILED. */
export function settleHalves(repo: Repository, note: AdvanceNote): void {
  const places = new Set(note.places.map(({ gitDir }) => gitDir));
  for (const place of listOwnCheckouts(repo)) if (places.has(place.gitDir)) settleMoves(place);
}

type Taking = { note: AdvanceNote; open: readonly FileDiff[]; unstaged: readonly FileDiff[] };

async function takeBackIn(repo: Repository, place: GitPlace, { note, open, unstaged }: Taking): Promise<string[]> {
  const seen = await seeSides(
    place.top,
    open.map(({ path }) => path),
  );
  const sides = await readSides(repo, place, open);
  // What is staged otherwise somebody has staged since.
  const ahead = sides.filter(({ index, disk }) => disk === "new" && index !== "else");
  const { free, kept } = apart(place, ahead);
  const theirs = unstaged.length === 0 ? [] : await readSides(repo, place, unstaged);
  const stale = [
    ...free.filter(({ index }) => index === "old").map(({ diff }) => entryOf(diff, "new")),
    ...theirs.filter(({ index }) => index === "new").map(({ diff }) => entryOf(diff, "old")),
    // Whatever somebody has made of the file since: their next commit would bring in what nobody has accepted.
    ...sides.filter((it) => it.index === "new" && !free.includes(it)).map(({ diff }) => entryOf(diff, "old")),
  ];
  stale.sort((one, other) => Number(one.mode !== "0") - Number(other.mode !== "0"));
  const possible = stale.length === 0 ? [] : besideStaged(stale, await stagedPaths(place));
  if (possible.length > 0) await setIndexEntries(place, possible, HELD_PATIENCE_MS);
  if (free.length > 0) {
    const start = await treeWith(
      repo,
      note.from,
      free.map(({ diff }) => diff),
    );
    const back = free.map(({ diff }) => reversed(diff));
    kept.push(
      ...(await moveFiles(repo, place, { start, to: note.from, diffs: back, seen, patienceMs: HELD_PATIENCE_MS })),
    );
  }
  return [...kept, ...sides.filter(({ disk, index }) => disk === "else" || index === "else").map((it) => it.diff.path)];
}

async function stagedPaths(place: GitPlace): Promise<string[]> {
  return [...(await readTagged(place, await personsEnvironment(place))).keys()];
}

/** Without those for which somebody has staged a folder in the place of the file, or the reverse: git has no room for both. */
function besideStaged(entries: readonly IndexEntry[], staged: readonly string[]): IndexEntry[] {
  const going = new Set(entries.filter(({ mode }) => mode === "0").map(({ path }) => path));
  const stay = staged.filter((path) => !going.has(path));
  const files = new Set(stay);
  const folders = foldersOf(stay);
  return entries.filter(({ path, mode }) => {
    return mode === "0" || !(folders.has(path) || [...foldersOf([path])].some((it) => files.has(it)));
  });
}

/** Without those whose way back would take somebody's files with it. */
function apart(place: GitPlace, ahead: readonly Aside[]): { free: Aside[]; kept: string[] } {
  const back = ahead.map(({ diff }) => reversed(diff));
  const look = createLook(place.top);
  const blocked = back.filter((it) => findInTheWay(place.top, look, [it, ...back.filter(isLeaving)]).length > 0);
  const isBlocked = (path: string): boolean => blocked.some((it) => `${path}/`.startsWith(`${it.path}/`));
  return {
    free: ahead.filter(({ diff }) => !isBlocked(diff.path)),
    kept: ahead.filter(({ diff }) => isBlocked(diff.path)).map(({ diff }) => diff.path),
  };
}

function isLeaving({ status }: FileDiff): boolean {
  return status === "D";
}

function reversed({ path, status, oldMode, newMode, oldSha, newSha }: FileDiff): FileDiff {
  const back = status === "A" ? "D" : status === "D" ? "A" : status;
  return { path, status: back, oldMode: newMode, newMode: oldMode, oldSha: newSha, newSha: oldSha };
}

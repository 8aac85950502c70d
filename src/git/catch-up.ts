import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KanbandError } from "../errors.ts";
import { type AdvanceNote, type AdvancePlace, noteAdvance, readAdvance } from "./advance-note.ts";
import { diffFiles, type FileDiff } from "./branches.ts";
import { readHeadNow } from "./head.ts";
import { moveFiles, treeWith } from "./move-files.ts";
import { seeSides } from "./move-plan.ts";
import { entryId, walkIndex } from "./read-index.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { type Aside, readSides } from "./sides.ts";
import { placesNow, watchSwitches } from "./switches.ts";
import { takeBack } from "./take-back.ts";
import { shortName, type WorkingTree } from "./worktree-admin.ts";

/** `waited`: locks that nobody waits for any more. `movedMs`: when the branch was moved; absent: a while ago. */
export type Patience = { patienceMs: number; waited: ReadonlySet<string>; movedMs: number | undefined };

/**
 * After a branch moved: takes along who came to it meanwhile with the files of its old tip, by a switch or a hard reset, and
 * takes what it had from the new one out of a place that has left it. Else the next commit there would take the move back, or
 * have it elsewhere. Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function catchUp(
  repo: Repository,
  note: AdvanceNote,
  { patienceMs, waited, movedMs }: Patience,
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  const diffs = note.diffs ?? (await diffFiles(repo, note.from, note.to));
  const switches = watchSwitches(waited, movedMs);
  // Whoever begins after it has what the branch has now, and takes it back on purpose.
  const isOnPurpose = (it: WorkingTree): boolean =>
    movedMs !== undefined && note.places.some(({ gitDir }) => gitDir === it.gitDir) && switches.isWrittenSince(it);
  for (;;) {
    const isThere = (it: WorkingTree): boolean => it.branch === shortName(note.ref);
    // Looked at before it is acted upon: who is done by then has come to its end.
    const isOver = !placesNow(repo).some((it) => switches.isUnderWay(it, !isThere(it)));
    const places = placesNow(repo);
    const gone = places.filter((it) => !isThere(it) && !isOnPurpose(it));
    const left = note.places.filter(({ gitDir }) => gone.some((it) => it.gitDir === gitDir));
    const isLeft = left.length === 0 || (await wasFree(() => takeBack(repo, { ...note, places: left })));
    for (const place of places.filter((it) => isThere(it) && !isOnPurpose(it)))
      await follow(repo, place, {
        note,
        diffs,
        onFree: (kept) => addPlace(repo, note, { gitDir: place.gitDir, kept }),
      });
    if ((isOver && isLeft) || Date.now() > deadline) return;
    await sleep(50);
  }
}

async function wasFree(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof KanbandError && error.code === "GIT_LOCKED") return false;
    throw error;
  }
}

/** Who is killed in the midst of taking a place along leaves one that is known. */
function addPlace(repo: Repository, note: AdvanceNote, place: AdvancePlace): void {
  const earlier = readAdvance(repo, note.ref) ?? note;
  if (earlier.to === note.to && !earlier.places.some(({ gitDir }) => gitDir === place.gitDir))
    noteAdvance(repo, { ...earlier, places: [...earlier.places, place] });
}

type Move = {
  note: Pick<AdvanceNote, "ref" | "from" | "to">;
  diffs: readonly FileDiff[];
  onFree?: (kept: string[]) => void;
};

/**
 * Takes a place along that has the branch with the files of its old tip; others stay as they are. What somebody has changed of
 * these files stays on disk as they have it and is no longer staged, else their next commit would take back what came with the
 * branch. False: somebody is at work there, so that it has to be looked again. Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function follow(
  repo: Repository,
  place: WorkingTree,
  { note, diffs, onFree = () => undefined }: Move,
): Promise<boolean> {
  if (readHeadNow(place).operation !== null) return false;
  if (!isIndexBehind(repo, place, diffs)) return true;
  const now = refSha(repo, note.ref);
  if (now === null) return true;
  const all = now === note.to ? diffs : await diffFiles(repo, note.from, now);
  // Before the look: what is changed after this is changed after it.
  const seen = await seeSides(
    place.top,
    all.map(({ path }) => path),
  );
  const sides = await readSides(repo, place, all);
  const free = sides.filter(({ index, disk }) => index === "old" && disk === "old").map(({ diff }) => diff);
  const carried = sides.filter((it) => !free.includes(it.diff) && isCarried(it)).map(({ diff }) => diff);
  if (free.length + carried.length === 0) return true;
  onFree(sides.filter(({ disk }) => disk === "new").map(({ diff }) => diff.path));
  const start = carried.length === 0 ? note.from : await treeWith(repo, note.from, carried);
  const known = [...free, ...carried];
  const to = known.length === all.length ? now : await treeWith(repo, note.from, known);
  try {
    return (await moveFiles(repo, place, { start, to, diffs: free, seen, unstaged: carried })).length === 0;
  } catch (error) {
    // Somebody is at work there again: git has left it to them.
    if (!(error instanceof KanbandError)) throw error;
    return false;
  }
}

/** Whether somebody has brought a change of the old side along. What is staged and then changed again stays in the index. */
function isCarried({ index, disk, isClean }: Aside): boolean {
  return index === "old" ? disk !== "old" : index === "else" && isClean;
}

/**
 * Whether an index is of the old tip: it has the old side of a difference, and the new one of none. True where git has to be
 * asked. Without one nothing is checked out.
 */
function isIndexBehind(repo: Repository, place: WorkingTree, diffs: readonly FileDiff[]): boolean {
  if (!existsSync(join(place.gitDir, "index"))) return false;
  const open = new Map(diffs.map((it) => [it.path, it]));
  let [hasOld, hasNew] = [false, false];
  const isRead = walkIndex(join(place.gitDir, "index"), repo.objectFormat, (entry) => {
    const diff = open.get(entry.bytes.toString("utf8", entry.nameAt, entry.nameEnd));
    if (diff === undefined) return true;
    open.delete(diff.path);
    const id = entryId(entry, repo.objectFormat);
    hasOld ||= id === diff.oldSha;
    hasNew ||= id === diff.newSha && id !== diff.oldSha;
    return !hasNew;
  });
  if (hasNew || !isRead) return !hasNew;
  const absent = [...open.values()];
  return !absent.some(({ status }) => status === "D") && (hasOld || absent.some(({ status }) => status === "A"));
}

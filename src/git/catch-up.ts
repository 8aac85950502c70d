import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KanbandError } from "../errors.ts";
import { type AdvanceNote, noteAdvance, readAdvance } from "./advance-note.ts";
import { listOwnCheckouts } from "./branch-places.ts";
import { diffFiles, type FileDiff } from "./branches.ts";
import { readHeadNow } from "./head.ts";
import { moveFiles, treeWith } from "./move-files.ts";
import { isHeldByMove, seeSides, statOf } from "./move-plan.ts";
import { walkIndex } from "./read-index.ts";
import { finalRef, refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { readSides } from "./sides.ts";
import { takeBack } from "./take-back.ts";
import { type Registration, shortName } from "./worktree-admin.ts";

/** How long one waits for all of them together. */
export const SWITCH_PATIENCE_MS = 10_000;
/** A lock that stands for longer is nobody's switch to a branch. */
const SWITCH_MS = 60_000;
/** Git writes the index, and then HEAD. */
const HEAD_MS = 500;

/** Waits while somebody elsewhere may be switching to a branch that is about to move: what they have read is its old tip. */
export async function waitForSwitches(repo: Repository, ref: string, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  const isOthers = (it: Registration): boolean => it.branch !== shortName(ref);
  while (placesNow(repo).some((it) => isOthers(it) && isUnderWay(it, true)) && Date.now() <= deadline) await sleep(20);
}

/**
 * After a branch moved: takes along who came to it meanwhile with the files of its old tip, by a switch or a hard reset, and
 * takes what it had from the new one out of a place that has left it. Else the next commit there would take the move back, or
 * have it elsewhere. Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function catchUp(repo: Repository, note: AdvanceNote, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  const diffs = note.diffs ?? (await diffFiles(repo, note.from, note.to));
  for (;;) {
    const isThere = (it: Registration): boolean => it.branch === shortName(note.ref);
    // Looked at before it is acted upon: who is done by then has come to its end.
    const isOver = !placesNow(repo).some((it) => isUnderWay(it, !isThere(it)));
    const places = placesNow(repo);
    const left = note.places.filter(({ gitDir }) => places.some((it) => it.gitDir === gitDir && !isThere(it)));
    const isLeft = left.length === 0 || (await wasFree(() => takeBack(repo, { ...note, places: left })));
    for (const place of places.filter(isThere)) await follow(repo, place, { note, diffs });
    if ((isOver && isLeft) || Date.now() > deadline) return;
    await sleep(50);
  }
}

/** Each place once, by what its HEAD names. */
function placesNow(repo: Repository): Registration[] {
  const places = new Map(listOwnCheckouts(repo).map((it) => [it.gitDir, it]));
  return [...places.values()].map((it) => ({ ...it, branch: shortName(finalRef(it, "HEAD")) }));
}

/**
 * Whether git is at work in a place, or may be between its index and its HEAD; tasks' worktrees switch to no branch of a
 * person's.
 */
function isUnderWay(place: Registration, isElsewhere: boolean): boolean {
  const isOurs = place.top.includes("/.kanband/worktrees/") || /^kanband(?:-cycle)?\//.test(place.branch ?? "");
  if (place.gitDir !== place.commonDir && isOurs) return false;
  const now = Date.now();
  const lock = statOf(join(place.gitDir, "index.lock"));
  if (lock !== null) return now - Number(lock.mtimeMs) < SWITCH_MS && !isHeldByMove(place);
  const index = statOf(join(place.gitDir, "index"));
  if (!isElsewhere || index === null || now - Number(index.ctimeMs) > HEAD_MS) return false;
  const heads = [join(place.gitDir, "HEAD"), join(place.commonDir, finalRef(place, "HEAD"))];
  return heads.every((it) => (statOf(it)?.mtimeNs ?? 0n) < index.mtimeNs);
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

type Move = { note: AdvanceNote; diffs: readonly FileDiff[] };

async function follow(repo: Repository, place: Registration, { note, diffs }: Move): Promise<void> {
  if (readHeadNow(place).operation !== null || !isIndexBehind(repo, place, diffs)) return;
  const now = refSha(repo, note.ref);
  if (now === null) return;
  const all = now === note.to ? diffs : await diffFiles(repo, note.from, now);
  // Before the look: what is changed after this is changed after it.
  const seen = await seeSides(
    place.top,
    all.map(({ path }) => path),
  );
  const sides = await readSides(repo, place, all);
  const free = sides.filter(({ index, disk }) => index === "old" && disk === "old").map(({ diff }) => diff);
  if (free.length === 0) return;
  // Who is killed in the midst of it leaves a place that is known.
  const earlier = readAdvance(repo, note.ref) ?? note;
  const kept = sides.filter(({ disk }) => disk === "new").map(({ diff }) => diff.path);
  if (earlier.to === note.to && !earlier.places.some(({ gitDir }) => gitDir === place.gitDir))
    noteAdvance(repo, { ...earlier, diffs, places: [...earlier.places, { gitDir: place.gitDir, kept }] });
  const to = free.length === all.length ? now : await treeWith(repo, note.from, free);
  try {
    await moveFiles(repo, place, { start: note.from, to, diffs: free, seen });
  } catch (error) {
    // Somebody is at work there again: git has left it to them.
    if (!(error instanceof KanbandError)) throw error;
  }
}

/** Whether an index has the old side of each difference; true where git has to be asked. */
function isIndexBehind(repo: Repository, place: Registration, diffs: readonly FileDiff[]): boolean {
  const open = new Map(diffs.map((it) => [it.path, it]));
  let isBehind = true;
  const isRead = walkIndex(join(place.gitDir, "index"), repo.objectFormat, (entry) => {
    const diff = open.get(entry.bytes.toString("utf8", entry.nameAt, entry.nameEnd));
    if (diff === undefined) return true;
    open.delete(diff.path);
    const id = entry.bytes.toString("hex", entry.at + ID_AT, entry.at + ID_AT + diff.oldSha.length / 2);
    isBehind = id === diff.oldSha;
    return isBehind;
  });
  return isBehind && (!isRead || [...open.values()].every(({ status }) => status === "A"));
}

const ID_AT = 40;

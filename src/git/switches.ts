import type { BigIntStats } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listOwnCheckouts } from "./branch-places.ts";
import { clockAhead, diskNow } from "./disk-clock.ts";
import { isHeldByMove, statOf } from "./move-plan.ts";
import type { GitPlace } from "./profile.ts";
import { finalRef } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { isUnfinished, shortName, type WorkingTree } from "./worktree-admin.ts";

/** How long one waits for all of them together. */
export const SWITCH_PATIENCE_MS = 10_000;
/** Nobody waits for a lock that stands for longer. */
const SWITCH_MS = 60_000;
/** Git writes the index, and then HEAD. */
const HEAD_MS = 500;
/** Git looks where a branch is before it locks the index. */
const LOOK_MS = 200;

/** What git is at in working trees, as far as it began before a moment: whoever comes later sees what is then. */
export type Switches = {
  /** Whether git is at work in a place since before, or may be between its index and its HEAD. */
  isUnderWay(place: WorkingTree, isElsewhere: boolean): boolean;
  /** Whether somebody has written the index of a place who began after it. */
  isWrittenSince(place: GitPlace): boolean;
};

/** A lock that stands on the index of a place, by a name of its own. */
export type IndexLock = { gitDir: string; lock: string };

/** Watches what began before `sinceMs`. Locks that were `waited` for already count no more. */
export function watchSwitches(waited: ReadonlySet<string>, sinceMs = Date.now()): Switches {
  const pending = new Map<string, number>();

  function isUnderWay(place: WorkingTree, isElsewhere: boolean): boolean {
    if (isTasks(place)) return false;
    const [now, begun] = [diskNow(place), begunAt(place, sinceMs)];
    const isKnown = pending.has(place.gitDir);
    const lock = statOf(lockOf(place));
    if (lock !== null) {
      const written = Number(lock.mtimeMs);
      const isOld = isOfCommit(lock, now) || now - written > SWITCH_MS || waited.has(nameOf(place));
      if (isOld || isHeldByMove(place) || (written > begun && !(isKnown && lock.size > 0n))) return false;
      pending.set(place.gitDir, now + HEAD_MS);
      return true;
    }
    const index = statOf(indexOf(place));
    if (index === null) return !isElsewhere && isBeingMade(place);
    if (!isElsewhere) return false;
    const changed = Number(index.ctimeMs);
    const isRecent = now < (pending.get(place.gitDir) ?? 0) || changed <= begun;
    if (!isRecent || now - changed > HEAD_MS) return false;
    const heads = [join(place.gitDir, "HEAD"), join(place.commonDir, finalRef(place, "HEAD"))];
    return heads.every((it) => (statOf(it)?.mtimeNs ?? 0n) < index.mtimeNs);
  }

  function isWrittenSince(place: GitPlace): boolean {
    return !pending.has(place.gitDir) && Number(statOf(indexOf(place))?.ctimeMs ?? 0n) > begunAt(place, sinceMs);
  }

  return { isUnderWay, isWrittenSince };
}

/**
 * Waits while somebody elsewhere may be switching to a branch that is about to move: what they have read is its old tip. Nobody
 * waits for locks that were `waited` for already. Answers who was still at it in the end.
 */
export async function waitForSwitches(
  repo: Repository,
  ref: string,
  { patienceMs, waited }: { patienceMs: number; waited: ReadonlySet<string> },
): Promise<IndexLock[]> {
  const deadline = Date.now() + patienceMs;
  const switches = watchSwitches(waited);
  for (;;) {
    const places = placesNow(repo).filter((it) => it.branch !== shortName(ref));
    const isUnderWay = places.some((it) => switches.isUnderWay(it, true));
    if (!isUnderWay || Date.now() > deadline) return locksLeft(places);
    await sleep(20);
  }
}

/** The locks of all who have been at work elsewhere since before a moment, for however long, and may come to a branch. */
export function switchesLeft(repo: Repository, ref: string, sinceMs = Date.now()): IndexLock[] {
  return locksLeft(
    placesNow(repo).filter((it) => it.branch !== shortName(ref)),
    sinceMs,
  );
}

function locksLeft(places: readonly WorkingTree[], sinceMs = Date.now()): IndexLock[] {
  return places.flatMap((it) => {
    const lock = statOf(lockOf(it));
    if (lock === null || isTasks(it) || isHeldByMove(it)) return [];
    const isLater = Number(lock.mtimeMs) > begunAt(it, sinceMs);
    return isLater || isOfCommit(lock, diskNow(it)) ? [] : [{ gitDir: it.gitDir, lock: nameOf(it) }];
  });
}

/** Whether somebody is at work in a place, whoever it is. */
export function isAtWork(place: WorkingTree, isElsewhere: boolean): boolean {
  return statOf(lockOf(place)) !== null || watchSwitches(new Set()).isUnderWay(place, isElsewhere);
}

/** Each place once, by what its HEAD names. */
export function placesNow(repo: Repository): WorkingTree[] {
  // Of each place, what HEAD names stands first.
  const all = listOwnCheckouts(repo);
  return all.filter((it, index) => all.findIndex(({ gitDir }) => gitDir === it.gitDir) === index);
}

/** Tasks' worktrees switch to no branch of a person's. A person may have a task's branch in one of their own. */
function isTasks(place: WorkingTree): boolean {
  return place.gitDir !== place.commonDir && place.top.includes("/.kanband/worktrees/");
}

/** `git worktree add` names the branch in HEAD before it looks where that is. */
function isBeingMade(place: WorkingTree): boolean {
  const since = Number(statOf(join(place.gitDir, "locked"))?.mtimeMs ?? 0n);
  return isUnfinished(place) && diskNow(place) - since < SWITCH_MS;
}

/** A commit that waits for its message holds the index that it has written. A switch writes it when all else is done. */
function isOfCommit({ size, mtimeMs }: BigIntStats, now: number): boolean {
  return size > 0n && now - Number(mtimeMs) > HEAD_MS;
}

/** Up to when, by the times of its files, one has begun who may have looked before `sinceMs`. */
function begunAt(place: GitPlace, sinceMs: number): number {
  return sinceMs + clockAhead(place) + LOOK_MS;
}

function nameOf(place: GitPlace): string {
  return `${lockOf(place)}:${statOf(lockOf(place))?.ino ?? 0n}`;
}

function lockOf({ gitDir }: GitPlace): string {
  return join(gitDir, "index.lock");
}

function indexOf({ gitDir }: GitPlace): string {
  return join(gitDir, "index");
}

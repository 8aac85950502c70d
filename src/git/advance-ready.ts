import { existsSync } from "node:fs";
import { join } from "node:path";
import { readAdvance } from "./advance-note.ts";
import { placesOfBranch } from "./branch-places.ts";
import { diffFiles, type FileDiff } from "./branches.ts";
import { readHeadNow, stampOf } from "./head.ts";
import { dropPrepared, type Prepared, prepareFiles, treeWith } from "./move-files.ts";
import { type Seen, seeSide, seeSides } from "./move-plan.ts";
import { findNested } from "./nested-paths.ts";
import { readTree } from "./objects.ts";
import { findObstacles, type Obstacles } from "./obstacles.ts";
import type { RefMove } from "./ref-update.ts";
import type { Repository } from "./repository.ts";
import { safeEnvironment } from "./safe-config.ts";
import { keptBy } from "./sides.ts";
import { type Hidden, hiddenOf, readTagged } from "./tagged-entries.ts";
import { describeUnfit, findUnfit } from "./unfit-names.ts";
import type { WorkingTree } from "./worktree-admin.ts";

export type Advance =
  | { state: "moved" }
  /** Nothing has changed: these files of a checkout are not as the branch has them. `hidden`: git is told not to look at them. */
  | { state: "dirty"; files: string[]; hidden?: readonly Hidden[] }
  /** Nothing has changed: these would be written into another working tree that lies in a checkout. */
  | { state: "nested"; files: string[] }
  /**
   * Nothing has changed: a person has to do something first, for the sake of these files, or of a whole place where it names
   * none.
   */
  | { state: "held"; files: string[]; reason: string }
  | { state: "moved-meanwhile" }
  /** Nothing has changed: `mayMove` said no. */
  | { state: "withdrawn" };

/** What a move of a branch is to do; `advanceBase` says it. */
export type Wanted = {
  ref: string;
  from: string;
  to: string;
  also?: readonly RefMove[];
  before?: () => () => void;
  mayMove?: () => boolean;
};

/** A checkout of the branch as it was looked at, and all that is to come there, written aside. */
export type ReadyPlace = {
  checkout: WorkingTree;
  /** Of the index, before anything was looked at. */
  stamp: string;
  seen: Seen;
  prepared: Prepared;
} & Obstacles;

/** A move of which only the short part is left. `note`: the one that was there before it was looked. */
export type Ready = { places: readonly ReadyPlace[]; diffs: readonly FileDiff[]; note: string };

/**
 * Looks whether anything is in the way of a move of a branch, and writes aside all that is to come in its checkouts. Holds
 * nothing: it may take its time. Codes: GIT_LOCKED, GIT_FAILED, WRITE_FAILED.
 */
export async function makeReady(repo: Repository, { ref, from, to }: Wanted): Promise<Ready | Advance> {
  const note = noteNow(repo, ref);
  const { checkouts, bare, away } = checkoutsNow(repo, ref);
  const [reason] = [...away, ...(bare.length === 0 ? [] : await describeWithFiles(repo, from, bare))];
  if (reason !== undefined) return { state: "held", files: [], reason };
  const diffs = checkouts.length === 0 ? [] : await diffFiles(repo, from, to);
  const unfit = await findUnfit(repo, { from, to }, diffs);
  if (unfit.length > 0)
    return {
      state: "held",
      files: unfit.map(({ path }) => path),
      reason: describeUnfit(unfit, checkouts[0]?.top ?? ""),
    };
  const looks = await look(repo, checkouts, diffs);
  if ("state" in looks) return looks;
  const places: ReadyPlace[] = [];
  try {
    for (const it of looks) {
      const prepared = await prepareFiles(it.checkout, await wantedOf(repo, { from, to }, { ...it, diffs }));
      if (!("refused" in prepared)) places.push({ ...it, prepared });
      else return dropAll(places, dirty(prepared.refused, await hiddenIn(checkouts, prepared.refused)));
    }
  } catch (error) {
    throw dropAll(places, error);
  }
  return { places, diffs, note };
}

/** Whether all is still as it was looked at, but for the files that are to be moved: those are looked at when they are. */
export function isStillSo(repo: Repository, ref: string, { places, note }: Ready): boolean {
  const { checkouts, away } = checkoutsNow(repo, ref);
  const isSameList =
    away.length === 0 &&
    checkouts.length === places.length &&
    checkouts.every(({ gitDir }, index) => places[index]?.checkout.gitDir === gitDir);
  return isSameList && noteNow(repo, ref) === note && places.every(isAsSeen);
}

/** Answers that these files keep a move from being made. */
export function dirty(files: string[], hidden: readonly Hidden[]): Advance & { state: "dirty" } {
  return hidden.length === 0 ? { state: "dirty", files } : { state: "dirty", files, hidden };
}

/** Those of these files that git is told not to look at, in any of the checkouts. Code: GIT_FAILED. */
export async function hiddenIn(checkouts: readonly WorkingTree[], files: readonly string[]): Promise<Hidden[]> {
  const hidden: Hidden[] = [];
  for (const it of checkouts) hidden.push(...hiddenOf(await readTagged(it, await safeEnvironment(it)), files));
  return hidden;
}

function isAsSeen({ checkout, stamp, seen, arrived }: ReadyPlace): boolean {
  const isIndexSame = stampOf(join(checkout.gitDir, "index")) === stamp && readHeadNow(checkout).operation === null;
  return isIndexSame && arrived.every(({ path }) => seeSide(join(checkout.top, path)) === (seen.get(path)?.side ?? ""));
}

/**
 * Each once: in the midst of a bisect it is one by two names. `bare`: those without an index, as `--no-checkout` makes them: there
 * is nothing to move, and with an index of ours git would take all other files for removed.
 */
function checkoutsNow(
  repo: Repository,
  ref: string,
): { checkouts: WorkingTree[]; bare: WorkingTree[]; away: string[] } {
  const { checkouts, away } = placesOfBranch(repo, ref);
  const all = [...new Map(checkouts.map((it) => [it.gitDir, it])).values()];
  const hasIndex = ({ gitDir }: WorkingTree): boolean => existsSync(join(gitDir, "index"));
  return { checkouts: all.filter(hasIndex), bare: all.filter((it) => !hasIndex(it)), away };
}

/** Why those of these places that have files of a commit all the same, since somebody removed the index, are in the way. */
async function describeWithFiles(repo: Repository, commit: string, places: readonly WorkingTree[]): Promise<string[]> {
  const names = (await readTree(repo, commit)).map(({ name }) => name);
  return places.flatMap(({ top }) => {
    const isThere = names.some((name) => existsSync(join(top, name)));
    return isThere ? [`${top} has files of the branch and no index: \`git reset\` makes one there`] : [];
  });
}

function noteNow(repo: Repository, ref: string): string {
  return JSON.stringify(readAdvance(repo, ref));
}

function dropAll<T>(places: readonly ReadyPlace[], answer: T): T {
  for (const { prepared } of places) dropPrepared(prepared);
  return answer;
}

type Look = Omit<ReadyPlace, "prepared">;

/**
 * What a checkout has already is left out. Of a file that has become a folder, or the reverse, git would say that it is in its
 * own way.
 */
async function wantedOf(
  repo: Repository,
  { from, to }: { from: string; to: string },
  { arrived, unstaged, seen, diffs }: Look & { diffs: readonly FileDiff[] },
): Promise<Prepared["wanted"]> {
  const there = new Set(arrived.map(({ path }) => path));
  const start = arrived.length === 0 ? from : await treeWith(repo, from, arrived);
  return { start, to, diffs: diffs.filter(({ path }) => !there.has(path)), seen, unstaged };
}

async function look(
  repo: Repository,
  checkouts: readonly WorkingTree[],
  diffs: readonly FileDiff[],
): Promise<Look[] | Advance> {
  const nested = checkouts.flatMap(({ top }) => findNested(top, diffs));
  if (nested.length > 0) return { state: "nested", files: [...new Set(nested)].sort() };
  const looks: Look[] = [];
  for (const checkout of checkouts) {
    // Before the look: what is changed after this is changed after it.
    const stamp = stampOf(join(checkout.gitDir, "index"));
    const seen = await seeSides(
      checkout.top,
      diffs.map(({ path }) => path),
    );
    looks.push({
      checkout,
      stamp,
      seen,
      ...(await findObstacles(checkout, repo.objectFormat, { diffs, kept: keptBy(repo) })),
    });
  }
  const files = [...new Set(looks.flatMap(({ paths }) => paths))].sort();
  if (files.length === 0) return looks;
  return dirty(
    files,
    looks.flatMap(({ hidden }) => hidden),
  );
}

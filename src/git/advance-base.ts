import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { type AdvanceNote, type AdvancePlace, forgetAdvance, noteAdvance, readAdvance } from "./advance-note.ts";
import { placesOfBranch } from "./branch-places.ts";
import { diffFiles, type FileDiff } from "./branches.ts";
import { catchUp, waitForSwitches } from "./catch-up.ts";
import { describeDenied, findDenied } from "./denied.ts";
import { describeUnfiltered, findUnfiltered } from "./idle-filters.ts";
import { moveFiles, treeWith } from "./move-files.ts";
import { type Seen, seeSides } from "./move-plan.ts";
import { findNested } from "./nested-paths.ts";
import { treeIdOf } from "./objects.ts";
import { findObstacles, type Obstacles } from "./obstacles.ts";
import { type RefMove, withRefsHeld } from "./ref-update.ts";
import { finalRef, refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { safeEnvironment } from "./safe-config.ts";
import { settleAdvance } from "./settle-advances.ts";
import { keptBy } from "./sides.ts";
import { type Hidden, hiddenOf, readTagged } from "./tagged-entries.ts";
import { settleHalves, takeBack } from "./take-back.ts";
import { describeUnfit, findUnfit } from "./unfit-names.ts";
import { whileFree } from "./while-free.ts";
import type { Registration } from "./worktree-admin.ts";

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

type Wanted = {
  ref: string;
  from: string;
  to: string;
  also?: readonly RefMove[];
  before?: () => () => void;
  mayMove?: () => boolean;
};

/**
 * Moves a branch forward, together with every working tree that has it checked out. Files that somebody changed are never
 * touched: then nothing moves, and they are named. What is staged or changed elsewhere stays exactly as it is.
 *
 * The ref is locked first, so that nobody commits upon the old tip meanwhile; then the working trees move, then the ref.
 * After an error in between they are taken back. After a kill the same call finds files that are already new and goes on; any
 * other, and `settleAdvances`, takes them back. `also`: refs that move with it, or none of them do. `before`: done when nothing
 * is in the way any more and only the ref has still to move; what it throws keeps all as it is, and what it answers takes it
 * back if the ref does not move. `mayMove`: the last look at whether it is still wanted, taken when nobody can move the ref any
 * more. Codes: GIT_LOCKED, GIT_FAILED, WRITE_FAILED.
 */
export async function advanceBase(repo: Repository, it: Wanted): Promise<Advance> {
  // It may be another name of the branch, as after a rename.
  const wanted = { ...it, ref: finalRef(repo, it.ref) };
  const { ref, from, to, also = [] } = wanted;
  await waitForSwitches(repo, ref, SWITCH_PATIENCE_MS);
  let hasMoved = false;
  const advanced = await repo.worktreeMutex(async (): Promise<Advance> => {
    const now = refSha(repo, ref);
    if (now === to && readAdvance(repo, ref)?.to === to) forgetAdvance(repo, ref);
    if (now === to) return { state: "moved" };
    if (now !== from) return { state: "moved-meanwhile" };
    const changed = async () => (await diffFiles(repo, from, to)).flatMap(pathsLeft);
    const unfiltered = await findUnfiltered(repo, to, changed);
    if (unfiltered.length > 0)
      return { state: "held", files: unfiltered.map(({ path }) => path), reason: describeUnfiltered(unfiltered) };
    const moves = [{ ref, from, to }, ...also];
    const inHold = async (move: () => Promise<void>): Promise<Advance> => {
      const { checkouts, away } = placesOfBranch(repo, ref);
      const [reason] = away;
      if (reason !== undefined) return { state: "held", files: [], reason };
      const diffs = checkouts.length === 0 ? [] : await diffFiles(repo, from, to);
      const unfit = await findUnfit(repo, wanted, diffs);
      if (unfit.length > 0)
        return {
          state: "held",
          files: unfit.map(({ path }) => path),
          reason: describeUnfit(unfit, checkouts[0]?.top ?? ""),
        };
      const state = await advance(repo, wanted, { checkouts, diffs, move });
      hasMoved = state.state === "moved";
      return state;
    };
    const places = () => placesOfBranch(repo, ref).checkouts;
    try {
      return await whileFree(places, () => withRefsHeld(repo, moves, inHold));
    } catch (error) {
      if (error instanceof KanbandError && error.code === "REF_MOVED") return { state: "moved-meanwhile" };
      const tops = places().map(({ top }) => top);
      const denied = findDenied(error, tops);
      if (denied !== null) return { state: "held", files: denied.files, reason: describeDenied(denied) };
      throw error;
    }
  });
  if (hasMoved) await settleIn(repo, wanted);
  return advanced;
}

function pathsLeft({ path, status }: FileDiff): string[] {
  return status === "D" ? [] : [path];
}

const SWITCH_PATIENCE_MS = 10_000;

// The base has moved: what goes wrong in a checkout after that does not make it untrue.
async function settleIn(repo: Repository, { ref, from, to }: Wanted): Promise<void> {
  const note = readAdvance(repo, ref);
  const own = note?.to === to ? note : { ref, from, to, places: [], diffs: null };
  await catchUp(repo, own, SWITCH_PATIENCE_MS).catch(() => undefined);
  if (readAdvance(repo, ref)?.to === to) forgetAdvance(repo, ref);
  failpoint("git.advance.after-remove");
}

type Held = { checkouts: readonly Registration[]; diffs: readonly FileDiff[]; move: () => Promise<void> };

async function advance(repo: Repository, wanted: Wanted, { checkouts, diffs, move }: Held): Promise<Advance> {
  const { ref, from, to } = wanted;
  const left = readAdvance(repo, ref);
  const isAgain = left !== null && (await isSameMove(repo, left, wanted, checkouts));
  const { busy } = left === null || isAgain ? NOBODY : await settleAdvance(repo, left);
  if (busy.length > 0) return { state: "dirty", files: busy };
  if (left !== null) settleHalves(repo, left);
  const looks = await look(repo, wanted, { checkouts, diffs });
  if ("state" in looks) {
    if (left !== null && isAgain) await settleAdvance(repo, left);
    return looks;
  }
  const known = new Map(left !== null && isAgain ? left.places.map((it) => [it.gitDir, it] as const) : []);
  const places = looks.map((it) => known.get(it.checkout.gitDir) ?? placeOf(it));
  const note = { ref, from, to, places, diffs };
  failpoint("git.advance.before-note");
  if (checkouts.length > 0) noteAdvance(repo, note);
  failpoint("git.advance.after-note");
  let undo = (): void => undefined;
  const moved = new Set<string>();
  try {
    failpoint("git.advance.before-files");
    for (const it of looks) {
      const files = await moveFiles(repo, it.checkout, await moveOf(repo, wanted, { ...it, diffs }));
      if (files.length > 0) {
        await takeBackAfter(repo, note, moved);
        return dirty(files, await hiddenIn(checkouts, files));
      }
      moved.add(it.checkout.gitDir);
    }
    failpoint("git.advance.after-files");
    undo = wanted.before?.() ?? undo;
    failpoint("git.advance.before-ref");
    await move();
  } catch (error) {
    await takeBackAfter(repo, note, moved);
    if (refSha(repo, ref) === from) undo();
    throw error;
  }
  failpoint("git.advance.after-ref");
  return { state: "moved" };
}

const NOBODY = { busy: [] };

/** Whether a move that was cut short was from and to the same files in the same places; its commit may be another. */
async function isSameMove(
  repo: Repository,
  note: AdvanceNote,
  { from, to }: Wanted,
  checkouts: readonly Registration[],
): Promise<boolean> {
  const places = new Set(checkouts.map(({ gitDir }) => gitDir));
  if (note.from !== from || !note.places.every(({ gitDir }) => places.has(gitDir))) return false;
  const tree = await treeIdOf(repo, note.to);
  return tree !== null && tree === (await treeIdOf(repo, to));
}

function placeOf({ checkout, arrived, unstaged }: Look): AdvancePlace {
  const [kept, open] = [arrived, unstaged].map((diffs) => diffs.map(({ path }) => path));
  return { gitDir: checkout.gitDir, kept: kept ?? [], unstaged: open ?? [] };
}

type Look = { checkout: Registration; seen: Seen } & Obstacles;

/**
 * What a checkout has already is left out. Of a file that has become a folder, or the reverse, git would say that it is in its
 * own way.
 */
async function moveOf(
  repo: Repository,
  { from, to }: Wanted,
  { arrived, unstaged, seen, diffs }: Look & { diffs: readonly FileDiff[] },
): Promise<Parameters<typeof moveFiles>[2]> {
  const there = new Set(arrived.map(({ path }) => path));
  const start = arrived.length === 0 ? from : await treeWith(repo, from, arrived);
  return { start, to, diffs: diffs.filter(({ path }) => !there.has(path)), seen, unstaged };
}

async function look(
  repo: Repository,
  { mayMove }: Wanted,
  { checkouts, diffs }: Omit<Held, "move">,
): Promise<Look[] | Exclude<Advance, { state: "moved" | "moved-meanwhile" }>> {
  const nested = checkouts.flatMap(({ top }) => findNested(top, diffs));
  if (nested.length > 0) return { state: "nested", files: [...new Set(nested)].sort() };
  const looks: Look[] = [];
  for (const checkout of checkouts) {
    // Before the look: what is changed after this is changed after it.
    const seen = await seeSides(
      checkout.top,
      diffs.map(({ path }) => path),
    );
    looks.push({
      checkout,
      seen,
      ...(await findObstacles(checkout, repo.objectFormat, { diffs, kept: keptBy(repo) })),
    });
  }
  const files = [...new Set(looks.flatMap(({ paths }) => paths))].sort();
  if (files.length > 0)
    return dirty(
      files,
      looks.flatMap(({ hidden }) => hidden),
    );
  return mayMove?.() === false ? { state: "withdrawn" } : looks;
}

function dirty(files: string[], hidden: readonly Hidden[]): Advance & { state: "dirty" } {
  return hidden.length === 0 ? { state: "dirty", files } : { state: "dirty", files, hidden };
}

async function hiddenIn(checkouts: readonly Registration[], files: readonly string[]): Promise<Hidden[]> {
  const hidden: Hidden[] = [];
  for (const it of checkouts) hidden.push(...hiddenOf(await readTagged(it, await safeEnvironment(it)), files));
  return hidden;
}

// What cannot be taken back now, as on a full disk, is noted: whoever comes next does it.
async function takeBackAfter(repo: Repository, note: AdvanceNote, moved: ReadonlySet<string>): Promise<void> {
  try {
    if (refSha(repo, note.ref) !== note.from) return;
    settleHalves(repo, note);
    const { busy } = await takeBack(repo, { ...note, places: note.places.filter(({ gitDir }) => moved.has(gitDir)) });
    if (busy.length === 0) forgetAdvance(repo, note.ref);
  } catch {
    // What made the move fail is what has to be said.
  }
}

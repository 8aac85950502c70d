import { KanbandError } from "../errors.ts";
import { type AdvanceNote, forgetAdvance, listAdvances, readAdvance } from "./advance-note.ts";
import { listOwnCheckouts } from "./branch-places.ts";
import { isAncestor, isCommitHere } from "./branches.ts";
import { catchUp } from "./catch-up.ts";
import { followLatecomers, latecomersOf, noteLatecomers } from "./latecomers.ts";
import { hasHalves, settleMoves } from "./move-files.ts";
import { releaseDead } from "./ref-holds.ts";
import { withRefsHeld } from "./ref-update.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { type IndexLock, SWITCH_PATIENCE_MS, switchesLeft } from "./switches.ts";
import { settleHalves, type TakenBack, takeBack } from "./take-back.ts";
import { whileFree } from "./while-free.ts";
import { shortName } from "./worktree-admin.ts";

/** What became of a move that was cut short. `failure`: why it could not be settled; its note stays. */
export type Settled = { note: AdvanceNote; failure: unknown } & TakenBack;

/**
 * Takes every move of a branch that somebody was killed in back out of the working trees, while nobody can move that branch. Where
 * the branch has moved, whoever came to it meanwhile is taken along instead.
 */
export async function settleAdvances(repo: Repository): Promise<Settled[]> {
  await releaseDead(repo);
  const settled: Settled[] = [];
  for (const note of listAdvances(repo)) {
    try {
      const held = await repo.worktreeMutex(() => settleHeld(repo, note.ref, async () => false));
      if (held !== null && held.isOver) await followMoved(repo, held.note);
      if (held !== null) settled.push({ note: held.note, left: held.left, busy: held.busy, failure: null });
    } catch (failure) {
      // What one waits for is nothing that others should wait for.
      settled.push({ note, left: [], busy: [], failure });
    }
  }
  // What cannot be put back now, as on a full disk, is found by the next look. A move of ours that is under way is passed over, and
  // not waited for: git may write its files aside for minutes.
  await Promise.resolve(repo)
    .then((it) => settleUnnoted(it))
    .catch(() => undefined);
  await followLatecomers(repo).catch(() => undefined);
  return settled;
}

/**
 * The same for one branch, by who is about to move it. What `goesOn` says is put back from half-way only, and keeps its note, and
 * so does what has `busy` places. Null: nothing was settled. Codes: GIT_LOCKED, GIT_FAILED, WRITE_FAILED.
 */
export async function settleNote(repo: Repository, ref: string, goesOn: GoesOn): Promise<TakenBack | null> {
  await followLatecomers(repo).catch(() => undefined);
  const here = listOwnCheckouts(repo).filter(({ branch }) => branch === shortName(ref));
  if (readAdvance(repo, ref) === null && !here.some(hasHalves)) return null;
  const held = await settleHeld(repo, ref, goesOn);
  // What goes wrong in a checkout that came late is no reason to let the branch stand.
  if (held?.isOver === true) await followMoved(repo, held.note).catch(() => undefined);
  return held;
}

/**
 * Takes along who came to a branch while it moved, and drops the note; who is at it for longer is noted as a latecomer. `waited`:
 * who was waited for already. `movedMs`: when it moved; absent: a while ago. Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function followMoved(
  repo: Repository,
  note: AdvanceNote,
  { waited = [], movedMs }: { waited?: readonly IndexLock[]; movedMs?: number } = {},
): Promise<void> {
  noteLatecomers(repo, note, waited);
  await catchUp(repo, note, { patienceMs: SWITCH_PATIENCE_MS, waited: latecomersOf(repo, note.ref), movedMs });
  noteLatecomers(repo, note, switchesLeft(repo, note.ref, movedMs));
  if (readAdvance(repo, note.ref)?.to === note.to) forgetAdvance(repo, note.ref);
}

type GoesOn = (note: AdvanceNote) => Promise<boolean>;
type Held = { note: AdvanceNote; isOver: boolean } & TakenBack;

async function settleHeld(repo: Repository, ref: string, goesOn: GoesOn): Promise<Held | null> {
  const settle = async (): Promise<Held | null> => {
    const note = readAdvance(repo, ref);
    if (note === null || (await goesOn(note))) settleUnnoted(repo, ref);
    else return { note, ...(await settleOne(repo, note)) };
    return null;
  };
  const noted = new Set(readAdvance(repo, ref)?.places.map(({ gitDir }) => gitDir));
  const places = () => listOwnCheckouts(repo).filter(({ gitDir }) => noted.has(gitDir));
  // Who moves it in another process holds it.
  return await whileFree(places, async () => {
    for (let tries = 1; ; tries++) {
      const now = refSha(repo, ref);
      if (now === null) return await settle();
      try {
        return await withRefsHeld(repo, [{ ref, from: now, to: now }], settle);
      } catch (error) {
        const hasMoved = error instanceof KanbandError && error.code === "REF_MOVED";
        if (!hasMoved || tries === MOST_TRIES) throw error;
      }
    }
  });
}

// Somebody has moved it right then in each of them.
const MOST_TRIES = 5;

async function settleOne(repo: Repository, note: AdvanceNote): Promise<{ isOver: boolean } & TakenBack> {
  const now = refSha(repo, note.ref);
  const isHere = await isCommitHere(repo, note.to);
  const isKnown = (isHere || note.diffs !== null) && (await isCommitHere(repo, note.from));
  const isOver = isKnown && isHere && now !== null && (await isAncestor(repo, note.to, now));
  if (isOver || !isKnown) settleHalves(repo, note);
  const taken = isOver || !isKnown ? { left: [], busy: [] } : await takeBack(repo, note);
  if (taken.busy.length === 0 && !isOver) forgetAdvance(repo, note.ref);
  return { ...taken, isOver };
}

/** What was cut short in checkouts that no note names, as in one that came late, or before anything was noted. */
function settleUnnoted(repo: Repository, ref?: string): void {
  const noted = new Set(
    listAdvances(repo).flatMap((it) => (it.ref === ref ? [] : it.places.map(({ gitDir }) => gitDir))),
  );
  for (const place of listOwnCheckouts(repo)) if (!noted.has(place.gitDir) && hasHalves(place)) settleMoves(place);
}

import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { advanceHeld } from "./advance-held.ts";
import { type AdvanceNote, readAdvance } from "./advance-note.ts";
import { type Advance, makeReady, type Ready, type Wanted } from "./advance-ready.ts";
import { placesOfBranch } from "./branch-places.ts";
import { diffFiles, type FileDiff } from "./branches.ts";
import { describeDenied, findDenied } from "./denied.ts";
import { FETCH_MS, isFetchedAt, waitForFetches } from "./fetches.ts";
import { describeUnfiltered, findUnfiltered } from "./idle-filters.ts";
import { latecomersOf } from "./latecomers.ts";
import { dropPrepared } from "./move-files.ts";
import { treeIdOf } from "./objects.ts";
import { releaseDead } from "./ref-holds.ts";
import { withRefsHeld } from "./ref-update.ts";
import { finalRef, refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { followMoved, settleNote } from "./settle-advances.ts";
import { SWITCH_PATIENCE_MS, waitForSwitches } from "./switches.ts";
import { whileFree } from "./while-free.ts";
import type { WorkingTree } from "./worktree-admin.ts";

export type { Advance } from "./advance-ready.ts";

/**
 * Moves a branch forward, together with every working tree that has it checked out. Files that somebody changed are never
 * touched: then nothing moves, and they are named. What is staged or changed elsewhere stays exactly as it is.
 *
 * All that takes long comes first and holds nothing. Then the ref is locked, so that nobody commits upon the old tip; what was
 * seen is compared, the working trees move, then the ref. Where it is not as it was seen all of it begins anew.
 * After an error in between they are taken back. After a kill the same call finds files that are already new and goes on; any
 * other, and `settleAdvances`, takes them back. `also`: refs that move with it, or none of them do. `before`: done when nothing
 * is in the way any more and only the ref has still to move; what it throws keeps all as it is, and what it answers takes it
 * back if the ref does not move. `mayMove`: the last look at whether it is still wanted, taken when nobody can move the ref any
 * more. Codes: GIT_LOCKED, GIT_FAILED, WRITE_FAILED.
 */
export async function advanceBase(repo: Repository, it: Wanted): Promise<Advance> {
  // It may be another name of the branch, as after a rename.
  const wanted = { ...it, ref: finalRef(repo, it.ref), fetchedBy: Date.now() + FETCH_MS };
  const { ref } = wanted;
  await waitForFetches(repo, ref, wanted.fetchedBy);
  await releaseDead(repo);
  const known = latecomersOf(repo, ref);
  const waited = await waitForSwitches(repo, ref, { patienceMs: SWITCH_PATIENCE_MS, waited: known });
  let movedMs: number | null = null;
  const advanced = await tryAll(repo, wanted, () => void (movedMs = Date.now()));
  if (movedMs !== null) {
    // The base has moved: what goes wrong in a checkout after that does not make it untrue.
    await followMoved(repo, noteOf(repo, wanted), { waited, movedMs }).catch(() => undefined);
    failpoint("git.advance.after-remove");
  }
  return advanced;
}

async function tryAll(repo: Repository, wanted: Patient, onMoved: () => void): Promise<Advance> {
  const { ref, from, to } = wanted;
  const now = refSha(repo, ref);
  if (now === from && now !== to) {
    const changed = async () => (await diffFiles(repo, from, to)).flatMap(pathsLeft);
    const unfiltered = await findUnfiltered(repo, to, changed);
    if (unfiltered.length > 0)
      return { state: "held", files: unfiltered.map(({ path }) => path), reason: describeUnfiltered(unfiltered) };
  }
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const state = await tryOnce(repo, wanted, onMoved);
    if (state !== null) return state;
  }
  throw new KanbandError("GIT_LOCKED", `a checkout of ${ref} is changed by somebody else again and again`);
}

// In each of them somebody stages, changes or checks out something.
const MOST_TRIES = 5;

function pathsLeft({ path, status }: FileDiff): string[] {
  return status === "D" ? [] : [path];
}

function noteOf(repo: Repository, { ref, from, to }: Wanted): AdvanceNote {
  const note = readAdvance(repo, ref);
  return note?.to === to ? note : { ref, from, to, places: [], diffs: null };
}

/** `fetchedBy`: for so long, in all, a fetch is waited for. */
type Patient = Wanted & { fetchedBy: number };

/** Null: somebody was at work in a checkout meanwhile, and nothing has changed. */
async function tryOnce(repo: Repository, wanted: Patient, onMoved: () => void): Promise<Advance | null> {
  const { ref, fetchedBy } = wanted;
  const ready = await repo.worktreeMutex(() =>
    orDenied(repo, wanted, async () => {
      const made = await getReady(repo, wanted);
      const isMovable = !("state" in made) && (Date.now() >= fetchedBy || !isFetchedAt(repo, ref));
      return isMovable ? await moveReady(repo, wanted, { ready: made, onMoved }) : made;
    }),
  );
  if (ready === null || "state" in ready) return ready;
  // One that has begun since the first look. Whoever wants a worktree does not wait for it: all is looked at again after that.
  await waitForFetches(repo, ref, fetchedBy);
  return await repo.worktreeMutex(() => orDenied(repo, wanted, () => moveReady(repo, wanted, { ready, onMoved })));
}

async function orDenied<T>(repo: Repository, { ref }: Wanted, work: () => Promise<T>): Promise<T | Advance> {
  try {
    return await work();
  } catch (error) {
    const tops = placesOfBranch(repo, ref).checkouts.map(({ top }) => top);
    const denied = findDenied(error, tops);
    if (denied === null) throw error;
    return await withNothingLeft(repo, ref, { state: "held", files: denied.files, reason: describeDenied(denied) });
  }
}

async function getReady(repo: Repository, wanted: Wanted): Promise<Ready | Advance> {
  const { ref, from, to } = wanted;
  const again = (note: AdvanceNote) => isSameMove(repo, note, wanted);
  const earlier = await settleNote(repo, ref, again);
  if (earlier !== null && earlier.busy.length > 0) return { state: "dirty", files: earlier.busy };
  const now = refSha(repo, ref);
  if (now === to) return { state: "moved" };
  if (now !== from) return { state: "moved-meanwhile" };
  const ready = await whileFree(placesOf(repo, ref), () => makeReady(repo, wanted));
  return "state" in ready ? await withNothingLeft(repo, ref, ready) : ready;
}

async function moveReady(
  repo: Repository,
  wanted: Wanted,
  { ready, onMoved }: { ready: Ready; onMoved: () => void },
): Promise<Advance | null> {
  const { ref, from, to, also = [] } = wanted;
  const waiting = { ready, isTaken: false };
  try {
    const moves = [{ ref, from, to }, ...also];
    const state = await whileFree(placesOf(repo, ref), () =>
      withRefsHeld(repo, moves, (move) => advanceHeld(repo, wanted, { waiting, move })),
    );
    if (state?.state === "moved") onMoved();
    return state?.state === "withdrawn" ? await withNothingLeft(repo, ref, state) : state;
  } catch (error) {
    if (error instanceof KanbandError && error.code === "REF_MOVED") return { state: "moved-meanwhile" };
    throw error;
  } finally {
    if (!waiting.isTaken) for (const { prepared } of ready.places) dropPrepared(prepared);
  }
}

function placesOf(repo: Repository, ref: string): () => WorkingTree[] {
  return () => placesOfBranch(repo, ref).checkouts;
}

/** What an earlier start of the same move has left does not stay where it is not made now. */
async function withNothingLeft(repo: Repository, ref: string, state: Advance): Promise<Advance> {
  await settleNote(repo, ref, async () => false);
  return state;
}

/** Whether a move that was cut short was from and to the same files in the same places; its commit may be another. */
async function isSameMove(repo: Repository, note: AdvanceNote, { ref, from, to }: Wanted): Promise<boolean> {
  const places = new Set(placesOfBranch(repo, ref).checkouts.map(({ gitDir }) => gitDir));
  if (note.from !== from || !note.places.every(({ gitDir }) => places.has(gitDir))) return false;
  const tree = await treeIdOf(repo, note.to);
  return tree !== null && tree === (await treeIdOf(repo, to));
}

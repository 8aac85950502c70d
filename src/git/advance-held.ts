import { failpoint } from "../files/failpoint.ts";
import { type AdvanceNote, type AdvancePlace, forgetAdvance, noteAdvance, readAdvance } from "./advance-note.ts";
import { type Advance, dirty, hiddenIn, isStillSo, type Ready, type ReadyPlace, type Wanted } from "./advance-ready.ts";
import { carryOut, dropPrepared, endCarried, holdIndex, letIndexGo, mayBeAhead, type Prepared } from "./move-files.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { settleHalves, takeBack } from "./take-back.ts";
import { HELD_PATIENCE_MS } from "./while-free.ts";

/** A move that is ready, until somebody takes it. */
export type Waiting = { ready: Ready; isTaken: boolean };

/**
 * The short part of a move of a branch, by who holds it: locks every index, looks whether all is still as it was seen, exchanges
 * the files, and moves the ref. No index is let go before that: of what is staged then, with the old HEAD, somebody might take
 * some files back, and keep that. Null: something is not as it was seen, and nothing has changed. After an error nothing has
 * either, and where that was a lock the same may be tried again. Codes: GIT_LOCKED, GIT_FAILED, WRITE_FAILED.
 */
export async function advanceHeld(
  repo: Repository,
  wanted: Wanted,
  { waiting, move }: { waiting: Waiting; move: () => Promise<void> },
): Promise<Advance | null> {
  const { ready } = waiting;
  if (waiting.isTaken || !isStillSo(repo, wanted.ref, ready)) return null;
  if (wanted.mayMove?.() === false) return { state: "withdrawn" };
  try {
    for (const { prepared } of ready.places) if (!(await holdIndex(prepared, HELD_PATIENCE_MS))) return null;
    waiting.isTaken = true;
    return await advance(repo, wanted, { ready, move });
  } finally {
    if (!waiting.isTaken) for (const { prepared } of ready.places) letIndexGo(prepared);
  }
}

async function advance(
  repo: Repository,
  wanted: Wanted,
  { ready, move }: { ready: Ready; move: () => Promise<void> },
): Promise<Advance> {
  const { ref, from, to } = wanted;
  const earlier = readAdvance(repo, ref);
  // From here, it is this same move, which was cut short.
  const known = new Map(earlier?.from === from ? earlier.places.map((it) => [it.gitDir, it] as const) : []);
  const places = ready.places.map((it) => known.get(it.checkout.gitDir) ?? placeOf(it));
  const note = { ref, from, to, places, diffs: places.length === 0 ? null : ready.diffs };
  const ahead = new Set(known.keys());
  const open = new Set(ready.places.map(({ prepared }) => prepared));
  const carried: Prepared[] = [];
  let undo = (): void => undefined;
  try {
    failpoint("git.advance.before-note");
    // Also where nobody is at it: somebody may come.
    noteAdvance(repo, note);
    failpoint("git.advance.after-note");
    failpoint("git.advance.before-files");
    for (const { checkout, prepared } of ready.places) {
      open.delete(prepared);
      const files = await carryOut(repo, prepared).catch((error: unknown) => {
        if (mayBeAhead(prepared)) ahead.add(checkout.gitDir);
        throw error;
      });
      if (files.length > 0) {
        letAllGo({ carried, open });
        await takeBackAfter(repo, note, ahead);
        const checkouts = ready.places.map((it) => it.checkout);
        return dirty(files, await hiddenIn(checkouts, files));
      }
      ahead.add(checkout.gitDir);
      carried.push(prepared);
    }
    failpoint("git.advance.after-files");
    undo = wanted.before?.() ?? undo;
    failpoint("git.advance.before-ref");
    await move();
  } catch (error) {
    letAllGo({ carried, open });
    await takeBackAfter(repo, note, ahead);
    if (refSha(repo, ref) === from) undo();
    throw error;
  }
  failpoint("git.advance.after-ref");
  letAllGo({ carried, open });
  return { state: "moved" };
}

function letAllGo({ carried, open }: { carried: readonly Prepared[]; open: Iterable<Prepared> }): void {
  for (const it of open) dropPrepared(it);
  for (const it of carried) endCarried(it);
}

function placeOf({ checkout, arrived, unstaged }: ReadyPlace): AdvancePlace {
  const [kept, left] = [arrived, unstaged].map((diffs) => diffs.map(({ path }) => path));
  return { gitDir: checkout.gitDir, kept: kept ?? [], unstaged: left ?? [] };
}

// What cannot be taken back now, as on a full disk, is noted: whoever comes next does it.
async function takeBackAfter(repo: Repository, note: AdvanceNote, ahead: ReadonlySet<string>): Promise<void> {
  try {
    if (refSha(repo, note.ref) !== note.from) return;
    settleHalves(repo, note);
    const { busy } = await takeBack(repo, { ...note, places: note.places.filter(({ gitDir }) => ahead.has(gitDir)) });
    if (busy.length === 0) forgetAdvance(repo, note.ref);
  } catch {
    // What made the move fail is what has to be said.
  }
}

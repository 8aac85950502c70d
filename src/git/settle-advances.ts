import { type AdvanceNote, forgetAdvance, listAdvances, readAdvance } from "./advance-note.ts";
import { listOwnCheckouts } from "./branch-places.ts";
import { isAncestor, isCommitHere } from "./branches.ts";
import { withRefsHeld } from "./ref-update.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { settleHalves, type TakenBack, takeBack } from "./take-back.ts";
import { whileFree } from "./while-free.ts";

/** What became of a move that was cut short. `failure`: why it could not be settled; its note stays. */
export type Settled = { note: AdvanceNote; failure: unknown } & TakenBack;

/** Takes every move of a branch that somebody was killed in back out of the working trees, while nobody can move that branch. */
export async function settleAdvances(repo: Repository): Promise<Settled[]> {
  const settled: Settled[] = [];
  for (const note of listAdvances(repo)) {
    await repo.worktreeMutex(async () => {
      try {
        settled.push(...(await settleHeld(repo, note.ref)));
      } catch (failure) {
        // What one waits for is nothing that others should wait for.
        settled.push({ note, left: [], busy: [], failure });
      }
    });
  }
  return settled;
}

async function settleHeld(repo: Repository, ref: string): Promise<Settled[]> {
  const now = refSha(repo, ref);
  const settle = async (): Promise<Settled[]> => {
    const note = readAdvance(repo, ref);
    return note === null ? [] : [{ note, failure: null, ...(await settleAdvance(repo, note)) }];
  };
  const noted = new Set(readAdvance(repo, ref)?.places.map(({ gitDir }) => gitDir));
  const places = () => listOwnCheckouts(repo).filter(({ gitDir }) => noted.has(gitDir));
  // Who moves it in another process holds it.
  const held = async () => await withRefsHeld(repo, [{ ref, from: now, to: now }], settle);
  return await whileFree(places, now === null ? settle : held);
}

/** The same for one, by who holds its branch. With `busy` places the note stays. Codes: GIT_LOCKED, GIT_FAILED, WRITE_FAILED. */
export async function settleAdvance(repo: Repository, note: AdvanceNote): Promise<TakenBack> {
  const now = refSha(repo, note.ref);
  const isHere = await isCommitHere(repo, note.to);
  const isKnown = (isHere || note.diffs !== null) && (await isCommitHere(repo, note.from));
  const isOver = !isKnown || (isHere && now !== null && (await isAncestor(repo, note.to, now)));
  if (isOver) settleHalves(repo, note);
  const taken = isOver ? { left: [], busy: [] } : await takeBack(repo, note);
  if (taken.busy.length === 0) forgetAdvance(repo, note.ref);
  return taken;
}

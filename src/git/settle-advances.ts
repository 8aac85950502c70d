import { type AdvanceNote, forgetAdvance, listAdvances, readAdvance } from "./advance-note.ts";
import { listOwnCheckouts } from "./branch-places.ts";
import { isAncestor, isCommitHere } from "./branches.ts";
import { withRefsHeld } from "./ref-update.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { settleHalves, type TakenBack, takeBack } from "./take-back.ts";
import { whileFree } from "./while-free.ts";

/** What became of a move that was cut short. */
export type Settled = { note: AdvanceNote } & TakenBack;

/**
 * Takes every move of a branch that somebody was killed in back out of the working trees, while nobody can move that branch.
 * Answers those of which files had to stay. Codes: GIT_LOCKED, GIT_FAILED, WRITE_FAILED.
 */
export async function settleAdvances(repo: Repository): Promise<Settled[]> {
  const settled: Settled[] = [];
  for (const { ref } of listAdvances(repo)) {
    await repo.worktreeMutex(async () => {
      const now = refSha(repo, ref);
      const settle = async (): Promise<void> => {
        const note = readAdvance(repo, ref);
        if (note !== null) settled.push({ note, ...(await settleAdvance(repo, note)) });
      };
      const noted = new Set(readAdvance(repo, ref)?.places.map(({ gitDir }) => gitDir));
      const places = () => listOwnCheckouts(repo).filter(({ gitDir }) => noted.has(gitDir));
      // Who moves it in another process holds it.
      const held = async () => await withRefsHeld(repo, [{ ref, from: now, to: now }], settle);
      await whileFree(places, now === null ? settle : held);
    });
  }
  return settled;
}

/** The same for one, by who holds its branch. With `busy` places the note stays. */
export async function settleAdvance(repo: Repository, note: AdvanceNote): Promise<TakenBack> {
  const now = refSha(repo, note.ref);
  const isHere = (await isCommitHere(repo, note.from)) && (await isCommitHere(repo, note.to));
  const isOver = !isHere || (now !== null && (await isAncestor(repo, note.to, now)));
  if (isOver) settleHalves(repo, note);
  const taken = isOver ? { left: [], busy: [] } : await takeBack(repo, note);
  if (taken.busy.length === 0) forgetAdvance(repo, note.ref);
  return taken;
}

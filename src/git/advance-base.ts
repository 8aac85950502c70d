import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { diffFiles, type FileDiff } from "./branches.ts";
import { moveFiles } from "./move-files.ts";
import { findNested } from "./nested-paths.ts";
import { findObstacles, type Obstacles } from "./obstacles.ts";
import { type RefMove, withRefsHeld } from "./ref-update.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { listCheckouts, type Registration } from "./worktree-admin.ts";

export type Advance =
  | { state: "moved" }
  /** Nothing has changed: these files of a checkout are not as the branch has them. */
  | { state: "dirty"; files: string[] }
  /** Nothing has changed: these would be written into another working tree that lies in a checkout. */
  | { state: "nested"; files: string[] }
  | { state: "moved-meanwhile" }
  /** Nothing has changed: `mayMove` said no. */
  | { state: "withdrawn" };

type Wanted = {
  ref: string;
  from: string;
  to: string;
  also?: readonly RefMove[];
  before?: () => void;
  mayMove?: () => boolean;
};

/**
 * Moves a branch forward, together with every working tree that has it checked out. Files that somebody changed are never
 * touched: then nothing moves, and they are named. What is staged or changed elsewhere stays exactly as it is.
 *
 * The ref is locked first, so that nobody commits upon the old tip meanwhile; then the working trees move, then the ref.
 * After a kill in between, the same call finds files that are already new and goes on. `also`: refs that move with it, or none
 * of them do. `before`: done when nothing is in the way
 * any more and nothing has moved yet; what it throws keeps all as it is. `mayMove`: the last look at whether it is still wanted,
 * taken when nobody can move the ref any more. Codes: GIT_LOCKED, GIT_FAILED.
 */
export async function advanceBase(
  repo: Repository,
  { ref, from, to, also = [], before, mayMove }: Wanted,
): Promise<Advance> {
  return await repo.worktreeMutex(async () => {
    const now = refSha(repo, ref);
    if (now === to) return { state: "moved" };
    if (now !== from) return { state: "moved-meanwhile" };
    const checkouts = listCheckouts(repo).filter((it) => `refs/heads/${it.branch}` === ref);
    const diffs = checkouts.length === 0 ? [] : await diffFiles(repo, from, to);
    const moves = [{ ref, from, to }, ...also];
    return await withRefsHeld(repo, moves, async (move): Promise<Advance> => {
      const nested = checkouts.flatMap(({ top }) => findNested(top, diffs));
      if (nested.length > 0) return { state: "nested", files: [...new Set(nested)].sort() };
      const looks = await lookAt(repo, checkouts, diffs);
      const files = [...new Set(looks.flatMap(({ paths }) => paths))].sort();
      if (files.length > 0) return { state: "dirty", files };
      if (mayMove?.() === false) return { state: "withdrawn" };
      before?.();
      failpoint("git.advance.before-files");
      for (const { checkout, arrived } of looks) await moveFiles(repo, checkout, { from, to, diffs, arrived });
      failpoint("git.advance.after-files");
      await move();
      failpoint("git.advance.after-ref");
      return { state: "moved" };
    }).catch((error: unknown): Advance => {
      if (error instanceof KanbandError && error.code === "REF_MOVED") return { state: "moved-meanwhile" };
      throw error;
    });
  });
}

async function lookAt(
  { objectFormat }: Repository,
  checkouts: readonly Registration[],
  diffs: readonly FileDiff[],
): Promise<({ checkout: Registration } & Obstacles)[]> {
  const looks: ({ checkout: Registration } & Obstacles)[] = [];
  for (const checkout of checkouts) looks.push({ checkout, ...(await findObstacles(checkout, objectFormat, diffs)) });
  return looks;
}

import { existsSync, lstatSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import type { GitPlace } from "./profile.ts";
import { finalRef, readText } from "./refs.ts";
import { folded } from "./unfit-names.ts";
import { isUnfinished, listCheckouts, listLinked, shortName, unknownMain, type WorkingTree } from "./worktree-admin.ts";

/** Where a branch is checked out and its files can be moved; and, in words, where else it is but cannot be reached now. */
export type BranchPlaces = { checkouts: WorkingTree[]; away: string[] };

/** Says where the branch of a full ref, itself no symbolic one, is checked out. Reads files, starts no process. */
export function placesOfBranch(place: GitPlace, ref: string): BranchPlaces {
  const all = listOwnCheckouts(place);
  const checkouts = all.filter(({ branch }) => branch !== null && branch === shortName(ref));
  const away = lockedAway(place)
    .filter((it) => finalRef(it, "HEAD") === ref)
    .map(({ top }) => `the worktree ${top} has it checked out, is locked, and is not there`);
  for (const { top, branch } of all) {
    if (branch !== null && isSameBranch(place, `refs/heads/${branch}`, ref))
      away.push(
        `the worktree ${top} has it checked out as ${branch}, one branch on this disk: git switch ${shortName(ref)}`,
      );
  }
  if (unknownMain(place) === ref)
    away.push(`the main working tree of ${place.commonDir} has it checked out, and nothing says where that is`);
  return { checkouts, away };
}

/**
 * The checkouts whose folder is still theirs. That of a worktree which somebody removed may have become another repository:
 * its files are none of this one's.
 */
export function listOwnCheckouts(place: GitPlace): WorkingTree[] {
  return listCheckouts(place).filter((it) => it.gitDir === it.commonDir || pointsBack(it));
}

/** Worktrees whose folder is not there, as on a disk that is not plugged in, and that a person has locked for that time. */
export function lockedAway(place: GitPlace): GitPlace[] {
  return listLinked(place).filter((it) => {
    return !existsSync(it.top) && existsSync(join(it.gitDir, "locked")) && !isUnfinished(it);
  });
}

/** Whether a ref is another one but for capitals, and one and the same file. */
function isSameBranch({ commonDir }: GitPlace, ref: string, other: string): boolean {
  if (ref === other || folded(ref) !== folded(other)) return false;
  const [one, two] = [ref, other].map((it) => lstatSync(join(commonDir, it), { throwIfNoEntry: false }));
  return one !== undefined && one.dev === two?.dev && one.ino === two.ino;
}

function pointsBack({ top, gitDir }: GitPlace): boolean {
  const [, target] = /^gitdir: (.+?)\s*$/.exec(readText(join(top, ".git")) ?? "") ?? [];
  if (target === undefined) return false;
  try {
    return realpathSync(resolve(top, target)) === realpathSync(gitDir);
  } catch {
    return false;
  }
}

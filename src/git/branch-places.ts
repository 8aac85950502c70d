import { existsSync, realpathSync } from "node:fs";
import { join, resolve } from "node:path";
import type { GitPlace } from "./profile.ts";
import { finalRef, readText } from "./refs.ts";
import {
  isHalfMade,
  listCheckouts,
  listRegistrations,
  type Registration,
  shortName,
  unknownMain,
} from "./worktree-admin.ts";

/** Where a branch is checked out and its files can be moved; and, in words, where else it is but cannot be reached now. */
export type BranchPlaces = { checkouts: Registration[]; away: string[] };

/** Says where the branch of a full ref, itself no symbolic one, is checked out. Reads files, starts no process. */
export function placesOfBranch(place: GitPlace, ref: string): BranchPlaces {
  const checkouts = listOwnCheckouts(place).filter(({ branch }) => branch !== null && branch === shortName(ref));
  const away = lockedAway(place)
    .filter((it) => finalRef(it, "HEAD") === ref)
    .map(({ top }) => `the worktree ${top} has it checked out, is locked, and is not there`);
  if (unknownMain(place) === ref)
    away.push(`the main working tree of ${place.commonDir} has it checked out, and nothing says where that is`);
  return { checkouts, away };
}

/**
 * The checkouts whose folder is still theirs. That of a worktree which somebody removed may have become another repository:
 * its files are none of this one's.
 */
export function listOwnCheckouts(place: GitPlace): Registration[] {
  return listCheckouts(place).filter((it) => it.gitDir === it.commonDir || pointsBack(it));
}

/** Worktrees whose folder is not there, as on a disk that is not plugged in, and that a person has locked for that time. */
export function lockedAway(place: GitPlace): Registration[] {
  return listRegistrations(place).filter((it) => {
    return !existsSync(it.top) && existsSync(join(it.gitDir, "locked")) && !isHalfMade(it);
  });
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

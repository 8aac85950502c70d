import { type BigIntStats, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { placesOfBranch } from "./branch-places.ts";
import { diskNow } from "./disk-clock.ts";
import { statOf } from "./move-plan.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";
import { namesIn } from "./worktree-admin.ts";

/** Longer than most fetches take; one that failed or brought nothing leaves the same trace. */
export const FETCH_MS = 15_000;

/**
 * Whether a fetch may be under way in a working tree, or after it one in its submodules. Git empties this file when one begins,
 * and writes it when it is over.
 */
export function isFetching({ gitDir }: GitPlace, now: number): boolean {
  const fetched = statOf(join(gitDir, HEAD));
  if (fetched === null || isBefore(fetched, now, AFTER_MS)) return false;
  return [fetched, ...modulesIn(gitDir).map((it) => statOf(join(it, HEAD)))].some((it) => {
    return it?.size === 0n && Number(it.mtimeMs) <= now && !isBefore(it, now, FETCH_MS);
  });
}

const HEAD = "FETCH_HEAD";
/** Nobody is at the submodules for longer than that. */
const AFTER_MS = 600_000;

function isBefore({ mtimeMs }: BigIntStats, now: number, ms: number): boolean {
  return now - Number(mtimeMs) >= ms;
}

/** The git directories of submodules, and of those in them. Their names may have several parts. */
function modulesIn(gitDir: string): string[] {
  const within = (folder: string): string[] =>
    namesIn(folder).flatMap((name) => {
      const path = join(folder, name);
      return existsSync(join(path, "HEAD")) ? [path, ...modulesIn(path)] : within(path);
    });
  return within(join(gitDir, "modules"));
}

/** Whether a fetch may be under way where this branch is checked out. */
export function isFetchedAt(repo: Repository, ref: string): boolean {
  return placesOfBranch(repo, ref).checkouts.some((it) => isFetching(it, diskNow(it)));
}

/**
 * Waits while a fetch is under way where this branch is checked out: it may be that of a `git pull`, which gives up where the
 * branch moves meanwhile, and proposes `git reset --hard`.
 */
export async function waitForFetches(repo: Repository, ref: string, deadline: number): Promise<void> {
  while (Date.now() < deadline && isFetchedAt(repo, ref)) await sleep(50);
}

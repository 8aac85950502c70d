import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { placesOfBranch } from "./branch-places.ts";
import { statOf } from "./move-plan.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";

/** Longer than most fetches take; one that failed leaves the same trace. */
export const FETCH_MS = 15_000;

/** Whether a fetch may be under way in a working tree. Git empties this file when one begins, and writes it when it is over. */
export function isFetching({ gitDir }: GitPlace, now: number): boolean {
  const fetched = statOf(join(gitDir, "FETCH_HEAD"));
  if (fetched?.size !== 0n) return false;
  const began = Number(fetched.mtimeMs);
  return began <= now && now - began < FETCH_MS;
}

/** Whether a fetch may be under way where this branch is checked out. */
export function isFetchedAt(repo: Repository, ref: string): boolean {
  return placesOfBranch(repo, ref).checkouts.some((it) => isFetching(it, Date.now()));
}

/**
 * Waits while a fetch is under way where this branch is checked out: it may be that of a `git pull`, which gives up where the
 * branch moves meanwhile, and proposes `git reset --hard`.
 */
export async function waitForFetches(repo: Repository, ref: string, deadline: number): Promise<void> {
  while (Date.now() < deadline && isFetchedAt(repo, ref)) await sleep(50);
}

import { MERGED_LINE, tipsIn } from "../board/landing.ts";
import { logSaying } from "../git/base-range.ts";
import { holds } from "../git/holds.ts";
import { readCommit } from "../git/read-commit.ts";
import type { LandingPlace } from "./landing-place.ts";
import { landingIn } from "./landing-place.ts";
import { takenBackOn } from "./lost-landings.ts";

/**
 * Of merges that are lost, as `merge.md` says, those that the base holds after all: it was moved back, they were brought in again by hand, or
 * their revert was reverted. Task to commit of the base. A few processes for each that is asked about. Code: GIT_FAILED.
 */
export async function readFound(
  place: LandingPlace,
  { told, base }: { told: ReadonlyMap<string, string>; base: string },
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [taskId, sha] of told) {
    const now = (await holds(place.repo, base, sha)) ? sha : await underAnotherId(place, { sha, base });
    if (now !== null && (await takenBackOn(place, now, base)) === null) found.set(taskId, now);
  }
  return found;
}

async function underAnotherId(
  { repo }: LandingPlace,
  { sha, base }: { sha: string; base: string },
): Promise<string | null> {
  const commit = await readCommit(repo, sha);
  const landing = commit === null ? null : landingIn(commit);
  if (landing === null) return null;
  const log = { of: base, without: sha, lines: [MERGED_LINE], isFirstParent: true };
  return (await logSaying(repo, log)).find(({ message }) => tipsIn(message).includes(landing.tip))?.sha ?? null;
}

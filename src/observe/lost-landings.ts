import { COMMITS_LINE, MERGED_LINE } from "../board/landing.ts";
import { REVERTS, revertsIn } from "../board/reverts.ts";
import type { LostLanding } from "../decide/snapshot.ts";
import { isOnLine, logSaying, type RangeCommit } from "../git/base-range.ts";
import { isAncestor } from "../git/branches.ts";
import { parentsOf } from "../git/objects.ts";
import { readCommit } from "../git/read-commit.ts";
import { goneLandings } from "./gone-landings.ts";
import { type LandingPlace, landingIn } from "./landing-place.ts";
import { type KnownLanding, mergesNamed } from "./merge-evidence.ts";
import { takenBackBy } from "./taken-back.ts";

/** What a commit of the base says where somebody has to look closer. */
export const OF_NOTE = [MERGED_LINE, REVERTS] as const;

/**
 * The merges that were on the base at `from` and count no longer at `to`: the base was moved to another history, which does not
 * have them under other ids either, or somebody reverted them. A few processes, however many merges there are. Code: GIT_FAILED.
 */
export async function readLost(
  place: LandingPlace,
  { from, to }: { from: string; to: string },
): Promise<ReadonlyMap<string, LostLanding>> {
  const lost = new Map<string, LostLanding>();
  const isForward = await isAncestor(place.repo, from, to);
  if (!isForward) {
    for (const { taskId, tip, sha } of await goneLandings(place, { from, to })) {
      lost.set(taskId, { sha, tip, revertedBy: null });
    }
  }
  const reverts = await logSaying(place.repo, { of: to, without: from, lines: [REVERTS] });
  for (const landing of await revertedLandings(place, reverts, to)) {
    const revertedBy = await takenBackOn(place, landing.sha, to);
    if (revertedBy !== null) lost.set(landing.taskId, { sha: landing.sha, tip: landing.tip, revertedBy });
  }
  return lost;
}

/** The landings that these commits, or what they revert, speak of; the oldest first. */
async function revertedLandings(
  place: LandingPlace,
  reverts: readonly RangeCommit[],
  base: string,
): Promise<KnownLanding[]> {
  const found = new Map<string, KnownLanding>();
  const unknown = new Set<string>();
  const seen = new Set<string>();
  const open = reverts.toReversed().flatMap(({ message }) => revertsIn(message));
  for (let name = open.shift(); name !== undefined; name = open.shift()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const commit = await readCommit(place.repo, name);
    if (commit === null) {
      unknown.add(name);
      continue;
    }
    const further = revertsIn(commit.message);
    open.push(...further);
    const landing = further.length > 0 ? null : await landingWith(place, commit, base);
    if (landing !== null) found.set(landing.sha, landing);
    else if (further.length === 0) unknown.add(commit.sha);
  }
  for (const it of await mergesNamed(place, unknown)) found.set(it.sha, it);
  return [...found.values()];
}

/** The landing that a commit is, or one of several commits of; null: neither. */
async function landingWith(place: LandingPlace, commit: RangeCommit, base: string): Promise<KnownLanding | null> {
  const own = landingIn(commit);
  // What came with a branch may say anything; of others `merge.md` has to tell.
  if (own !== null) return (await isOnLine(place.repo, commit.sha, base)) ? { ...own, sha: commit.sha } : null;
  if (commit.parents.length > 1) return null;
  const log = { of: base, without: commit.sha, lines: [COMMITS_LINE], isFirstParent: true };
  // The oldest of those that came after it.
  const last = (await logSaying(place.repo, log)).at(-1);
  const landing = last === undefined ? null : landingIn(last);
  if (last === undefined || landing === null) return null;
  const isPart = (await commitsOf(place, last)).includes(commit.sha);
  return isPart ? { ...landing, sha: last.sha } : null;
}

/** The commit of the base that takes a landing back; null: none does, or only a part of it. One process. Code: GIT_FAILED. */
export async function takenBackOn(place: LandingPlace, sha: string, base: string): Promise<string | null> {
  const commit = await readCommit(place.repo, sha);
  if (commit === null) return null;
  const commits = await commitsOf(place, commit);
  const reverts = await logSaying(place.repo, { of: base, without: sha, lines: [REVERTS] });
  return await takenBackBy(place.repo, commits, reverts);
}

/** The commits that a landing consists of, the last first. */
async function commitsOf({ repo }: LandingPlace, commit: RangeCommit): Promise<string[]> {
  const commits = [commit.sha];
  const count = landingIn(commit)?.commits ?? 1;
  for (let at = commit.sha; commits.length < count; ) {
    [at = ""] = await parentsOf(repo, at);
    if (at === "") break;
    commits.push(at);
  }
  return commits;
}

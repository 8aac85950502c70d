import { REVERTS, revertsIn } from "../board/reverts.ts";
import type { LostLanding } from "../decide/snapshot.ts";
import { firstParents, logSaying, type RangeCommit } from "../git/base-range.ts";
import { isAncestor } from "../git/branches.ts";
import { readCommit } from "../git/read-commit.ts";
import { isCutOff } from "../git/shallow.ts";
import { readHistory, takenBackBy } from "./base-history.ts";
import { goneLandings } from "./gone-landings.ts";
import { commitsBrought, landingsOfSeveral } from "./landing-parts.ts";
import { type LandingPlace, landingIn } from "./landing-place.ts";
import { type KnownLanding, mergesNamed } from "./merge-evidence.ts";
import { presenceOf } from "./presence.ts";

/**
 * The merges that were on the base at `from` and count no longer at `to`, which lacks their work: the base was moved to another
 * history, which does not have them under other ids either, or somebody reverted them. A few processes, however many merges
 * there are, and however many commits are named as reverted. Code: GIT_FAILED.
 */
export async function readLost(
  place: LandingPlace,
  { from, to }: { from: string; to: string },
): Promise<ReadonlyMap<string, LostLanding>> {
  const lost = new Map<string, LostLanding>();
  const isForward = await isAncestor(place.repo, from, to);
  if (!isForward) {
    for (const it of await missedOn(place, { from, to })) {
      lost.set(it.taskId, { sha: it.sha, tip: it.tip, revertedBy: null });
    }
  }
  for (const { taskId, tip, sha, revertedBy } of await takenBackOn(place, { from, to })) {
    lost.set(taskId, { sha, tip, revertedBy });
  }
  return lost;
}

/** The landings that are gone, and whose work is. */
async function missedOn(place: LandingPlace, { from, to }: { from: string; to: string }): Promise<KnownLanding[]> {
  const { repo } = place;
  const gone = await goneLandings(place, { from, to });
  const shas = gone.map(({ sha }) => sha);
  const presence = await presenceOf(repo, shas, { base: to, noted: from });
  const missed = gone.filter(({ sha }) => presence.get(sha) !== "there");
  // What may lie behind the cut cannot be told, unless the base speaks for itself.
  const isCut = missed.length > 0 && (await isCutOff(repo, to, from));
  return isCut ? missed.filter(({ sha }) => presence.get(sha) === "lacks") : missed;
}

/** The landings that commits since then take back, and whose work the base has not; those of which was spoken first come first. */
async function takenBackOn(
  place: LandingPlace,
  { from, to }: { from: string; to: string },
): Promise<(KnownLanding & { revertedBy: string })[]> {
  const { repo } = place;
  const said = await logSaying(repo, { of: to, without: [from], lines: [REVERTS] });
  if (said.length === 0) return [];
  const line = await firstParents(repo, to);
  const named = await landingsNamed(place, said, { base: to, line });
  const shas = named.map(({ sha }) => sha);
  const presence = await presenceOf(repo, shas, { base: to });
  const open = named.filter(({ sha }) => presence.get(sha) !== "there");
  if (open.length === 0) return [];
  const history = await readHistory(
    place,
    open.map(({ sha }) => sha),
    { base: to, line },
  );
  const found: (KnownLanding & { revertedBy: string })[] = [];
  for (const it of open) {
    const revertedBy = await takenBackBy(repo, it.sha, history);
    if (revertedBy !== null) found.push({ ...it, revertedBy });
  }
  return found;
}

/** The landings that these commits, or what they revert, speak of; the oldest first. */
async function landingsNamed(
  place: LandingPlace,
  said: readonly RangeCommit[],
  { base, line }: { base: string; line: ReadonlyMap<string, number> },
): Promise<KnownLanding[]> {
  const found = new Map<string, KnownLanding>();
  const unknown = new Map<string, RangeCommit>();
  const missing = new Set<string>();
  const seen = new Set<string>();
  for (let names = said.toReversed().flatMap(({ message }) => revertsIn(message)); names.length > 0; ) {
    const open = [...new Set(names)].filter((it) => !seen.has(it));
    for (const it of open) seen.add(it);
    names = [];
    const commits = await Promise.all(open.map((it) => readCommit(place.repo, it)));
    for (const [at, commit] of commits.entries()) {
      const further = revertsIn(commit?.message ?? "");
      for (const it of further) names.push(it);
      const landing = commit === null ? null : landingIn(commit);
      if (commit === null) missing.add(open[at] ?? "");
      // What came in with a branch says whatever its author wanted it to.
      else if (landing !== null && line.has(commit.sha)) found.set(commit.sha, { ...landing, sha: commit.sha });
      else if (further.length === 0) unknown.set(commit.sha, commit);
    }
  }
  const others = new Set([...unknown.keys()].filter((it) => !line.has(it)));
  const around = others.size === 0 ? [] : await landingsAround(place, others, base);
  for (const it of [...around, ...(await landingsOfSeveral(place.repo, unknown.values(), { base, line }))]) {
    found.set(it.sha, it);
  }
  for (const it of await mergesNamed(place, new Set([...unknown.keys(), ...missing]))) found.set(it.sha, it);
  return [...found.values()];
}

/** The landings that some of these commits came with. One process, and a read for each. Code: GIT_FAILED. */
async function landingsAround(
  { repo }: LandingPlace,
  shas: ReadonlySet<string>,
  base: string,
): Promise<KnownLanding[]> {
  const brought = await commitsBrought(repo, { base, without: [] });
  const merges = [...brought].flatMap(([sha, own]) => (own.some((it) => shas.has(it)) ? [sha] : []));
  const found: KnownLanding[] = [];
  for (const commit of await Promise.all(merges.map((it) => readCommit(repo, it)))) {
    const landing = commit === null ? null : landingIn(commit);
    if (commit !== null && landing !== null) found.push({ ...landing, sha: commit.sha });
  }
  return found;
}

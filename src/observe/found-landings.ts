import { MERGED_LINE, tipsIn } from "../board/landing.ts";
import { firstParents, listApart, logSaying } from "../git/base-range.ts";
import { readCommit } from "../git/read-commit.ts";
import { readHistory, takenBackBy } from "./base-history.ts";
import type { LandingPlace } from "./landing-place.ts";
import { landingIn } from "./landing-place.ts";
import { presenceOf } from "./presence.ts";

/** A merge that was told to be lost; `tip`: of its branch, where its commit says so. */
type Told = { taskId: string; sha: string; tip: string | null };

/**
 * Of merges that are lost, as `merge.md` says, those that the base holds after all: it was moved back, they were brought in
 * again by hand, or their revert was reverted. Task to commit of the base. A few processes, however many there are. Code:
 * GIT_FAILED.
 */
export async function readFound(
  place: LandingPlace,
  { told, base }: { told: ReadonlyMap<string, string>; base: string },
): Promise<ReadonlyMap<string, string>> {
  const { repo } = place;
  const known: Told[] = [];
  for (const [taskId, name] of told) {
    const commit = await readCommit(repo, name);
    if (commit !== null) known.push({ taskId, sha: commit.sha, tip: landingIn(commit)?.tip ?? null });
  }
  const there = await onBase(place, known, base);
  const shas = [...new Set(there.values())];
  if (shas.length === 0) return new Map();
  const presence = await presenceOf(repo, shas, { base });
  const history = await readHistory(place, shas, { base, line: await firstParents(repo, base) });
  const found = new Map<string, string>();
  for (const [taskId, sha] of there) {
    const has = presence.get(sha);
    // Anybody can write that something is reverted, or that a revert is.
    if (has === "lacks" || (has !== "there" && (await takenBackBy(repo, sha, history)) !== null)) continue;
    found.set(taskId, sha);
  }
  return found;
}

/** Of each that is told the commit of the base that it is: itself, or the newest merge of the same tip. Two processes. */
async function onBase(
  { repo }: LandingPlace,
  told: readonly Told[],
  base: string,
): Promise<ReadonlyMap<string, string>> {
  const shas = told.map(({ sha }) => sha);
  const apart = await listApart(repo, shas, base);
  const log = { of: base, without: [...apart], lines: [MERGED_LINE], isFirstParent: true };
  const anew = apart.size === 0 ? [] : (await logSaying(repo, log)).toReversed();
  const byTip = new Map(anew.flatMap(({ sha, message }) => tipsIn(message).map((tip) => [tip, sha] as const)));
  const found = new Map<string, string>();
  for (const { taskId, sha, tip } of told) {
    const now = apart.has(sha) ? byTip.get(tip ?? "") : sha;
    if (now !== undefined) found.set(taskId, now);
  }
  return found;
}

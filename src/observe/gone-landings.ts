import { MERGED_LINE, tipsIn } from "../board/landing.ts";
import { REVERTS } from "../board/reverts.ts";
import { listGone, logSaying } from "../git/base-range.ts";
import { broughtIn, lineOf } from "./landing-parts.ts";
import { type LandingPlace, landingIn } from "./landing-place.ts";
import { type KnownLanding, mergesNamed } from "./merge-evidence.ts";
import { presenceOf } from "./presence.ts";
import { readReverts } from "./taken-back.ts";

type Gone = Awaited<ReturnType<typeof listGone>>;

/**
 * The last merge of each task that one history of the base has and another has not: neither under another id, as after a rebase,
 * nor as the commits that came with it. What had been reverted before is not among them. Code: GIT_FAILED.
 */
export async function goneLandings(
  place: LandingPlace,
  { from, to }: { from: string; to: string },
): Promise<readonly KnownLanding[]> {
  const { repo } = place;
  const difference = await listGone(repo, { of: from, from: to });
  const said = await logSaying(repo, { of: from, without: [to], lines: [MERGED_LINE], isFirstParent: true });
  const landings = said.flatMap((commit) => {
    const landing = landingIn(commit);
    return landing === null ? [] : [{ ...landing, sha: commit.sha }];
  });
  const own = new Set(landings.map(({ sha }) => sha));
  const others = new Set([...difference.gone.keys()].filter((sha) => !own.has(sha)));
  const named = (await mergesNamed(place, others)).map((it) => ({ ...it, commits: 1 }));
  if (landings.length + named.length === 0) return [];
  const anew = await logSaying(repo, { of: to, without: [from], lines: [MERGED_LINE], isFirstParent: true });
  const tips = new Set(anew.flatMap(({ message }) => tipsIn(message)));
  const reverts = readReverts(repo, await logSaying(repo, { of: from, without: [to], lines: [REVERTS] }));
  const brought = broughtIn(difference.gone, from);
  const found: (KnownLanding & { isTakenBack: boolean })[] = [];
  for (const { taskId, tip, sha, commits } of [...landings, ...named]) {
    if (tips.has(tip) || isThereAgain(difference, { sha, commits, brought })) continue;
    const isTakenBack = (await reverts.of(lineOf(difference.gone, sha, commits))) !== null;
    found.push({ taskId, tip, sha, isTakenBack });
  }
  return await lastOfEach(place, found, from);
}

/** The newest come first: what a task was merged as before is history. */
async function lastOfEach(
  { repo }: LandingPlace,
  landings: readonly (KnownLanding & { isTakenBack: boolean })[],
  from: string,
): Promise<KnownLanding[]> {
  const takenBack = landings.flatMap(({ sha, isTakenBack }) => (isTakenBack ? [sha] : []));
  // Anybody can write the words, and what was taken back may have come again.
  const presence = await presenceOf(repo, takenBack, { base: from });
  const found = new Map<string, KnownLanding>();
  for (const { taskId, tip, sha, isTakenBack } of landings) {
    if (isTakenBack && presence.get(sha) !== "there") continue;
    if (!found.has(taskId)) found.set(taskId, { taskId, tip, sha });
  }
  return [...found.values()];
}

/** Whether the other history holds what came with it. */
function isThereAgain(
  { gone, again }: Gone,
  { sha, commits, brought }: { sha: string; commits: number; brought: Gone["gone"] },
): boolean {
  if ((gone.get(sha)?.length ?? 0) < 2) return [...lineOf(gone, sha, commits)].every((it) => again.has(it));
  // A rebase leaves merges out, and takes the commits of their branches along.
  return brought.get(sha)?.every((it) => again.has(it) || (gone.get(it)?.length ?? 0) > 1) ?? false;
}

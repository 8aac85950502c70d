import { MERGED_LINE, tipsIn } from "../board/landing.ts";
import { REVERTS } from "../board/reverts.ts";
import { listGone, logSaying } from "../git/base-range.ts";
import { type LandingPlace, landingIn } from "./landing-place.ts";
import { type KnownLanding, mergesNamed } from "./merge-evidence.ts";
import { takenBackBy } from "./taken-back.ts";

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
  const said = await logSaying(repo, { of: from, without: to, lines: [MERGED_LINE], isFirstParent: true });
  const landings = said.flatMap((commit) => {
    const landing = landingIn(commit);
    return landing === null ? [] : [{ ...landing, sha: commit.sha }];
  });
  const own = new Set(landings.map(({ sha }) => sha));
  const others = new Set([...difference.gone.keys()].filter((sha) => !own.has(sha)));
  const named = (await mergesNamed(place, others)).map((it) => ({ ...it, commits: 1 }));
  if (landings.length + named.length === 0) return [];
  const anew = await logSaying(repo, { of: to, without: from, lines: [MERGED_LINE], isFirstParent: true });
  const tips = new Set(anew.flatMap(({ message }) => tipsIn(message)));
  const reverts = await logSaying(repo, { of: from, without: to, lines: [REVERTS] });
  const found = new Map<string, KnownLanding>();
  // The newest come first: what a task was merged as before is history.
  for (const { taskId, tip, sha, commits } of [...landings, ...named]) {
    if (found.has(taskId) || tips.has(tip) || isThereAgain(difference, { tip, sha, commits })) continue;
    const all = lineOf(difference, sha, commits);
    if ((await takenBackBy(repo, all, reverts)) === null) found.set(taskId, { taskId, tip, sha });
  }
  return [...found.values()];
}

/** Whether the other history holds what came with it. */
function isThereAgain(
  { gone, again }: Gone,
  { tip, sha, commits }: { tip: string; sha: string; commits: number },
): boolean {
  const [first, second] = gone.get(sha) ?? [];
  if (second === undefined) return lineOf({ gone }, sha, commits).every((it) => again.has(it));
  // A rebase leaves merges out, and takes the commits of their branches along.
  const before = reachedFrom(gone, first ?? "");
  const own = [...reachedFrom(gone, tip)].filter((it) => !before.has(it));
  return own.every((it) => again.has(it) || (gone.get(it)?.length ?? 0) > 1);
}

/** A commit and those before it, along the first parents. */
function lineOf({ gone }: Pick<Gone, "gone">, sha: string, count: number): string[] {
  const line = [sha];
  while (line.length < count) {
    const parent = gone.get(line.at(-1) ?? "")?.[0];
    if (parent === undefined) break;
    line.push(parent);
  }
  return line;
}

function reachedFrom(gone: Gone["gone"], sha: string): ReadonlySet<string> {
  const reached = new Set(gone.has(sha) ? [sha] : []);
  for (const it of reached) for (const parent of gone.get(it) ?? []) if (gone.has(parent)) reached.add(parent);
  return reached;
}

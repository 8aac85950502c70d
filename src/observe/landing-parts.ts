import { COMMITS_LINE } from "../board/landing.ts";
import { listParents, logSaying, type RangeCommit } from "../git/base-range.ts";
import { parentsOf } from "../git/objects.ts";
import { readCommit } from "../git/read-commit.ts";
import type { Repository } from "../git/repository.ts";
import { landingIn } from "./landing-place.ts";
import type { KnownLanding } from "./merge-evidence.ts";

/** Commits with their parents. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** A commit and as many before it as are wanted, along the first parents, as far as they are known. */
export function* lineOf(graph: Graph, sha: string, count = Number.POSITIVE_INFINITY): Generator<string> {
  let at: string | undefined = sha;
  for (let left = count; left > 0 && at !== undefined; left--) {
    yield at;
    const parent: string | undefined = graph.get(at)?.[0];
    at = parent !== undefined && graph.has(parent) ? parent : undefined;
  }
}

/** What came with each merge along the first parents of a commit, and was not there before; every commit is read once. */
export function broughtIn(graph: Graph, tip: string): Graph {
  const brought = new Map<string, string[]>();
  const seen = new Set<string>();
  for (const sha of [...lineOf(graph, tip)].reverse()) {
    const own: string[] = [];
    const open = (graph.get(sha) ?? []).slice(1);
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const parents = graph.get(at);
      if (parents === undefined || seen.has(at)) continue;
      seen.add(at);
      own.push(at);
      for (const it of parents) open.push(it);
    }
    seen.add(sha);
    brought.set(sha, own);
  }
  return brought;
}

/** The commits that a landing consists of, the last first, read as they are asked for. Code: GIT_FAILED. */
export async function* partsOf(repo: Repository, sha: string): AsyncGenerator<string> {
  const commit = await readCommit(repo, sha);
  const count = commit === null ? 1 : (landingIn(commit)?.commits ?? 1);
  for (let [at, left]: [string | undefined, number] = [sha, count]; at !== undefined && left > 0; left--) {
    yield at;
    [at] = await parentsOf(repo, at);
  }
}

/**
 * The commits of their branches, without merges, that came with merges on the first parents of the base; `without`: what lies
 * before them all. One process. Code: GIT_FAILED.
 */
export async function commitsBrought(
  repo: Repository,
  { base, without }: { base: string; without: readonly string[] },
): Promise<Graph> {
  const graph = await listParents(repo, base, without);
  const own = [...broughtIn(graph, base)].map(([sha, all]): [string, string[]] => {
    return [sha, all.filter((it) => (graph.get(it)?.length ?? 0) < 2)];
  });
  return new Map(own);
}

/**
 * The landings of several commits on the first parents of the base that some of these are one of. At most one process. Code:
 * GIT_FAILED.
 */
export async function landingsOfSeveral(
  repo: Repository,
  commits: Iterable<RangeCommit>,
  { base, line }: { base: string; line: ReadonlyMap<string, number> },
): Promise<KnownLanding[]> {
  const places = [...commits].flatMap(({ sha }) => line.get(sha) ?? []).sort((a, b) => a - b);
  const last = places.at(-1);
  if (last === undefined) return [];
  const [below] = [...line].slice(last + 1, last + 2).map(([sha]) => sha);
  const log = { of: base, without: below === undefined ? [] : [below], lines: [COMMITS_LINE], isFirstParent: true };
  const found: KnownLanding[] = [];
  for (const commit of await logSaying(repo, log)) {
    const landing = landingIn(commit);
    const at = line.get(commit.sha);
    if (landing === null || at === undefined) continue;
    // Of those that do not come after it, the next.
    const nearest = firstFrom(places, at);
    if (nearest !== null && nearest < at + landing.commits) found.push({ ...landing, sha: commit.sha });
  }
  return found;
}

/** The first of sorted numbers that is not below another; null: all are. */
function firstFrom(sorted: readonly number[], least: number): number | null {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return sorted[low] ?? null;
}

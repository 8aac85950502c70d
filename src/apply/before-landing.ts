import { readLanding } from "../board/landing.ts";
import { listCommits } from "../git/branches.ts";
import { type CommitRead, readCommit } from "../git/read-commit.ts";
import type { Repository } from "../git/repository.ts";

/**
 * Where the base was before a landing: with several commits, before the first. Null when that cannot be told: the commits before
 * it are not those that landed, since somebody joined some or left one out.
 */
export async function beforeLanding(repo: Repository, sha: string): Promise<string | null> {
  const landing = await readCommit(repo, sha);
  const said = landing === null ? null : readLanding(landing.message);
  const commits: CommitRead[] = [];
  for (let at: string | undefined = sha; at !== undefined && commits.length < (said?.commits ?? 1); ) {
    const commit = await readCommit(repo, at);
    if (commit === null) return null;
    commits.push(commit);
    [at] = commit.parents;
  }
  const before = commits.at(-1)?.parents[0] ?? null;
  if (before === null || said === null || said.commits === 1) return before;
  return commits.length === said.commits && (await areReplayed(repo, { commits, tip: said.tip, before }))
    ? before
    : null;
}

/** Whether each is one of the branch's made anew: by the same author at the same time, under another id. */
async function areReplayed(
  repo: Repository,
  { commits, tip, before }: { commits: readonly CommitRead[]; tip: string; before: string },
): Promise<boolean> {
  if ((await readCommit(repo, tip)) === null) return false;
  const own = new Set(await listCommits(repo, { of: tip, without: [before] }));
  const authors = new Set<string>();
  for (const sha of own) authors.add((await readCommit(repo, sha))?.author ?? "");
  return commits.every((it) => it.parents.length === 1 && !own.has(it.sha) && authors.has(it.author));
}

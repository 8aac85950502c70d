import { readLanding } from "../board/landing.ts";
import { parentsOf } from "../git/objects.ts";
import { readCommit } from "../git/read-commit.ts";
import type { Repository } from "../git/repository.ts";

/** Where the base was before a landing: with several commits, before the first. Empty when that is not here any more. */
export async function beforeLanding(repo: Repository, sha: string): Promise<string> {
  const commit = await readCommit(repo, sha);
  const count = commit === null ? 1 : (readLanding(commit.message)?.commits ?? 1);
  let before = sha;
  for (let at = 0; at < count && before !== ""; at++) [before = ""] = await parentsOf(repo, before);
  return before;
}

import { checkRevision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";

/**
 * Asks with one process which tips of the branches below `prefix` are no part of `base`; `isAncestor` then knows of them. Of
 * many that wait to be merged it would start one process each, again whenever the base has moved. Code: GIT_FAILED.
 */
export async function askAncestry(
  repo: Repository,
  { tips, base, prefix }: { tips: readonly string[]; base: string; prefix: string },
): Promise<void> {
  const { ancestry } = repo.cache;
  const open = tips.filter((it) => ancestry.get(`${it}..${base}`) === undefined);
  if (open.length < 2) return;
  const args = ["for-each-ref", "--format=%(objectname)", `--no-merged=${checkRevision(base)}`, prefix];
  const apart = new Set((await git(repo, args)).split("\n"));
  for (const tip of open) if (apart.has(tip)) ancestry.set(`${tip}..${base}`, false);
}

import { existsSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./profile.ts";
import { checkRevision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";
import { readExcluded, SPARSE, writeSparsePatterns } from "./sparse.ts";

/**
 * Makes the files those of a commit, with nothing left over: modified, untracked, ignored and nested ones all go.
 * A place that was cleaned by this very process and not touched since needs no second look for leftovers.
 */
export async function resetFiles(repo: Repository, place: GitPlace, sha: string): Promise<void> {
  const known = cleaned.get(place.gitDir);
  const isClean = known !== undefined && known === indexStamp(place);
  cleaned.delete(place.gitDir);
  checkRevision(sha);
  const env = await safeEnvironment(place);
  const config = [...SPARSE, ...repo.userConfig];
  await git(place, ["read-tree", "--reset", "-u", sha], { config, env }).catch(async (error: unknown) => {
    // A torn index: without one every file is written anew.
    if (!existsSync(join(place.gitDir, "index"))) throw error;
    rmSync(join(place.gitDir, "index"));
    await git(place, ["read-tree", "--reset", "-u", sha], { config, env });
  });
  if (!isClean) await git(place, ["clean", "-ffdxq"], { config, env });
}

/** Says that nothing but the commit's files is in a place: everything was removed and no program runs there. */
export function markClean(place: GitPlace): void {
  const stamp = indexStamp(place);
  if (stamp !== null) cleaned.set(place.gitDir, stamp);
}

// A cache: losing it costs one more look. Whoever works in the place with git changes its index.
const cleaned = new Map<string, string>();

function indexStamp({ gitDir }: GitPlace): string | null {
  const stat = statSync(join(gitDir, "index"), { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}

/** Leaves out other folders than before, without touching what is unsaved. Code: GIT_FAILED. */
export async function leaveOut(repo: Repository, place: GitPlace, exclude: readonly string[]): Promise<void> {
  if (readExcluded(place).join("\n") === exclude.join("\n")) return;
  writeSparsePatterns(place, exclude);
  const env = await safeEnvironment(place);
  await git(place, ["read-tree", "-m", "-u", "HEAD"], { config: [...SPARSE, ...repo.userConfig], env });
}

import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./profile.ts";
import { checkRevision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";
import { SPARSE } from "./sparse.ts";

/** Makes the files those of a commit, with nothing left over: modified, untracked, ignored and nested ones all go. */
export async function resetFiles(repo: Repository, place: GitPlace, sha: string): Promise<void> {
  checkRevision(sha);
  const env = await safeEnvironment(place);
  const config = [...SPARSE, ...repo.userConfig];
  await git(place, ["read-tree", "--reset", "-u", sha], { config, env }).catch(async (error: unknown) => {
    // A torn index: without one every file is written anew.
    if (!existsSync(join(place.gitDir, "index"))) throw error;
    rmSync(join(place.gitDir, "index"));
    await git(place, ["read-tree", "--reset", "-u", sha], { config, env });
  });
  await git(place, ["clean", "-ffdxq"], { config, env });
}

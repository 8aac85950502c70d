import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { KanbandError } from "../errors.ts";
import { buildTree } from "./build-tree.ts";
import { makeCommit } from "./commit-object.ts";
import { makeObject, writeObjects } from "./loose-object.ts";
import type { Target } from "./path-targets.ts";
import { checkRefName } from "./ref-name.ts";
import { updateRef } from "./ref-update.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";
import { findRegistration } from "./worktree-admin.ts";

export type OrphanWorktree = {
  /** Short name. */
  branch: string;
  path: string;
  /** Text by path: the first commit of the branch, when it does not exist yet. */
  files: Readonly<Record<string, string>>;
  message: string;
};

/**
 * Makes a branch that shares no history with the others, and checks it out at `path`. What exists already stays: running
 * it twice changes nothing, and a run that was cut short is finished. Codes: FILE_EXISTS, GIT_FAILED, WRITE_FAILED.
 */
export async function createOrphanWorktree(
  repo: Repository,
  { branch, path, files, message }: OrphanWorktree,
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  checkRefName(ref);
  await repo.worktreeMutex(async () => {
    if (refSha(repo, ref) === null)
      await updateRef(repo, { ref, from: null, to: await firstCommit(repo, files, message) });
    const known = findRegistration(repo, path);
    if (known !== null && known.branch === branch && existsSync(join(path, ".git"))) return;
    if (existsSync(path) && known === null) {
      throw new KanbandError("FILE_EXISTS", `${path} is there already and is not a worktree of ${branch}`);
    }
    mkdirSync(dirname(path), { recursive: true });
    // A registration whose folder is gone is taken over by force.
    await git(repo, ["worktree", "add", "--quiet", "--force", "--", path, branch], {
      env: await safeEnvironment(repo),
    });
  });
}

async function firstCommit(
  repo: Repository,
  files: Readonly<Record<string, string>>,
  message: string,
): Promise<string> {
  const targets = new Map<string, Target>();
  for (const [path, text] of Object.entries(files)) {
    const object = makeObject(repo, "blob", Buffer.from(text, "utf8"));
    targets.set(path, { to: { mode: "100644", sha: object.sha }, object, stamp: "" });
  }
  const built = await buildTree(repo, null, targets);
  const commit = makeCommit(repo, { tree: built.sha, parents: [], message });
  const contents = [...targets.values()].flatMap((it) => it.object ?? []);
  await writeObjects(repo, [...contents, ...built.objects, commit]);
  return commit.sha;
}

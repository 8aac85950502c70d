import { buildTree } from "./build-tree.ts";
import type { FileDiff } from "./diff-trees.ts";
import { writeObjects } from "./loose-object.ts";
import { treeIdOf } from "./objects.ts";
import type { Target } from "./path-targets.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";

type Move = {
  from: string;
  to: string;
  /** All that differs between the two. */
  diffs: readonly FileDiff[];
  /** What of it the working tree and its index have already. */
  arrived: readonly FileDiff[];
};

/**
 * Moves a working tree and its index from one commit or tree to another: only what differs between the two, all else stays,
 * staged or not. Git refuses where that would lose a change. Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function moveFiles(repo: Repository, place: GitPlace, { from, to, diffs, arrived }: Move): Promise<void> {
  if (arrived.length === diffs.length) return;
  // Of a file that has become a folder, or the reverse, git would say that it is in its own way.
  const start = arrived.length === 0 ? from : await treeWith(repo, from, arrived);
  const env = await safeEnvironment(place);
  await git(place, ["read-tree", "-m", "-u", start, to], { env });
}

/** The tree of a commit with the new side of these differences in it. Codes: GIT_FAILED, WRITE_FAILED. */
export async function treeWith(repo: Repository, commit: string, diffs: readonly FileDiff[]): Promise<string> {
  const targets = diffs.map(({ path, status, newMode, newSha }): [string, Target] => {
    const to = status === "D" ? null : { mode: newMode, sha: newSha };
    return [path, { to, object: null, stamp: "" }];
  });
  const { sha, objects } = await buildTree(repo, await treeIdOf(repo, commit), new Map(targets));
  await writeObjects(repo, objects);
  return sha;
}

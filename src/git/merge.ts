import { type Conflict, parseConflicts } from "./conflicts.ts";
import { checkRevision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { gitWithInput } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";

export { advanceBase } from "./advance-base.ts";
export { commitTree } from "./commit-object.ts";

/** A merge that did not come out even. */
export type ConflictedMerge = {
  conflicts: Conflict[];
  /** What git says about them, for people and prompts. */
  text: string;
  /** The tree as git left it: with conflict markers where it could set them, else as one side has it. */
  marked: string;
  /** The two commits, which are the labels of the markers too. */
  ours: string;
  theirs: string;
};

export type MergedTree = { tree: string } | ConflictedMerge;

/** Merges two commits into a tree without touching any working tree. Code: GIT_FAILED. */
export async function mergeTrees(repo: Repository, ours: string, theirs: string): Promise<MergedTree> {
  const args = ["merge-tree", "--write-tree", "-z", "--messages", checkRevision(ours), checkRevision(theirs)];
  const { exitCode, stdout } = await gitWithInput(repo, args, "", {
    ok: [1],
    env: await safeEnvironment(repo),
    config: ["merge.conflictStyle=merge"],
  });
  const parts = stdout.split("\0");
  const tree = parts[0] ?? "";
  if (exitCode === 0) return { tree };
  return { ...parseConflicts(parts, [ours, theirs]), marked: tree, ours, theirs };
}

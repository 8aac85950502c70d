import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { KanbandError } from "../errors.ts";
import { writeFileDurably } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor } from "./branches.ts";
import { type Capture, captureTree } from "./capture.ts";
import { commitTree } from "./commit-object.ts";
import { readHeadNow } from "./head.ts";
import { keepWhole } from "./kept-whole.ts";
import { lastVisited, preserveOrphans } from "./orphans.ts";
import { preserve } from "./preserve-ref.ts";
import type { GitPlace } from "./profile.ts";
import { updateRef } from "./ref-update.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { noteIndex, resetFiles, writeMissing } from "./reset-files.ts";
import { writeSparsePatterns } from "./sparse.ts";
import { mendHead, openWorktree } from "./worktree-admin.ts";

export type WorktreeWork = {
  path: string;
  /** Short name. */
  branch: string;
  message: string;
  /** Where the branch began, for one that is gone. */
  startSha?: string | null;
  id?: string;
  /** The folders that the worktree leaves out; else what its registration says, if that is still there. */
  exclude?: readonly string[] | null;
  /** Untracked files that are no work. */
  leave?: readonly string[];
};

export type WorktreeCommit = {
  /** Tip of the branch afterwards. */
  sha: string;
  /** What was unsaved. */
  files: string[];
  /** Refs that keep what could not go to the branch: work done on other commits. */
  preserved: string[];
  /** Folders that were repositories of their own; their files were committed as plain files. */
  nested: string[];
};

/**
 * Commits everything unsaved in a worktree to its branch; null when there was nothing to do. Whatever an agent did (own
 * commits, another branch, detached HEAD, `reset --hard`, no `.git` any more): work that continues the branch lands on it,
 * all other work is preserved under `id` (else the last part of the branch's name), what no commit can hold is kept whole,
 * and the worktree is on its branch again. A branch that is gone is made again, where the worktree last was or at `startSha`.
 * No process may run in it. Codes: WORKTREE_BROKEN, GIT_FAILED, WRITE_FAILED.
 */
export async function commitWorktree(
  repo: Repository,
  { path, branch, message, startSha = null, id = lastPart(branch), exclude = null, leave = [] }: WorktreeWork,
): Promise<WorktreeCommit | null> {
  return await repo.worktreeMutex(async () => {
    const ref = `refs/heads/${branch}`;
    const place = openWorktree(repo, path, ref);
    if (exclude !== null) writeSparsePatterns(place, exclude);
    const tip = refSha(repo, ref);
    const head = readHeadNow(place);
    const from = head.sha ?? tip ?? (await lastOf(repo, place, startSha));
    if (from === null)
      throw new KanbandError("WORKTREE_BROKEN", `${path} has neither a commit nor the branch ${branch}`);
    mendHead(place, from);

    const isThere = existsSync(path);
    const capture = isThere ? await captureTree(repo, place, from, { leave }) : null;
    failpoint("git.capture.after-tree");
    const isDirty = capture !== null && capture.files.length > 0;
    const sha = isDirty ? await commitTree(repo, { tree: capture.tree, parents: [from], message }) : from;
    failpoint("git.capture.after-commit");

    const continues = tip === null || (await isAncestor(repo, tip, sha));
    if (continues && sha !== tip) await updateRef(repo, { ref, from: tip, to: sha });
    const preserved = continues || !isDirty ? [] : [await preserve(repo, { id, sha })];
    failpoint("git.capture.after-branch");
    if (head.ref !== ref) writeFileDurably(join(place.gitDir, "HEAD"), `ref: ${ref}\n`);
    keepWhole(repo, place, { id, paths: capture?.left ?? [] });
    if (capture !== null) settleIndex(place, capture, continues ? sha : null);
    if (!continues && isThere) await resetFiles(repo, place, tip);
    else if (capture !== null && capture.left.length > 0) await writeMissing(repo, place);
    failpoint("git.capture.after-head");
    const others = await preserveOrphans(repo, place, { id, also: [from] });
    const end = continues ? sha : tip;
    const kept = [...new Set([...preserved, ...others])];
    if (end === tip && kept.length === 0) return null;
    return {
      sha: end,
      files: isDirty ? capture.files.filter((it) => !capture.left.includes(it)) : [],
      preserved: kept,
      nested: capture?.nested ?? [],
    };
  });
}

/** Where a worktree was last, by its log, if that goes on from `startSha`. */
async function lastOf(repo: Repository, place: GitPlace, startSha: string | null): Promise<string | null> {
  const last = await lastVisited(repo, place);
  if (last === null || startSha === null) return last ?? startSha;
  return (await isAncestor(repo, startSha, last)) ? last : startSha;
}

/** `sha`: the commit that it fits; null: none, and the worktree's own index is made anew. */
function settleIndex(place: GitPlace, { index, isIndexNew }: Capture, sha: string | null): void {
  if (sha === null || !isIndexNew) return rmSync(index, { force: true });
  renameSync(index, join(place.gitDir, "index"));
  noteIndex(place, sha);
}

function lastPart(branch: string): string {
  return branch.slice(branch.lastIndexOf("/") + 1);
}

import { existsSync, rmSync } from "node:fs";
import { captureTree } from "./capture.ts";
import { commitTree } from "./commit-object.ts";
import { keepWhole } from "./kept-whole.ts";
import { makeObject } from "./loose-object.ts";
import { noTree } from "./objects.ts";
import { lastVisited, preserveOrphans } from "./orphans.ts";
import { preserve } from "./preserve-ref.ts";
import type { Repository } from "./repository.ts";
import { findRegistration, mendHead } from "./worktree-admin.ts";

export { preserve } from "./preserve-ref.ts";

export type WorktreeToKeep = {
  id: string;
  path: string;
  message: string;
  since?: string | null;
  /** Untracked files that are no work. */
  leave?: readonly string[];
};

/**
 * Keeps all work of a worktree on a ref: its commit, and what is uncommitted or untracked as one more commit upon it. What no
 * commit can hold is kept whole; else the worktree is left as it is. Answers the ref; null when there is nothing to keep, that
 * is, when nothing is unsaved and HEAD is still at `since`. Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function preserveWorktree(repo: Repository, worktree: WorktreeToKeep): Promise<string | null> {
  return (await keepAll(repo, worktree, {})).ref;
}

/**
 * The same before the worktree is freed. `ignored`: what there is besides the files of HEAD's commit, as `freeWorktree` wants
 * to know it; null when somebody has to look again.
 */
export async function preserveAtEnd(
  repo: Repository,
  worktree: WorktreeToKeep,
): Promise<{ ref: string | null; ignored: readonly string[] | null }> {
  return await keepAll(repo, worktree, { withIgnored: true });
}

async function keepAll(
  repo: Repository,
  { id, path, message, since = null, leave = [] }: WorktreeToKeep,
  options: { withIgnored?: boolean },
): Promise<{ ref: string | null; ignored: readonly string[] | null }> {
  return await repo.worktreeMutex(async () => {
    const place = findRegistration(repo, path);
    if (place === null) return { ref: null, ignored: null };
    // Without a commit at HEAD the work is what differs from the last one that was there; from nothing, where none is known.
    const head = place.head ?? (await lastVisited(repo, place)) ?? since;
    if (place.head === null) mendHead(place, head);
    const from = head ?? makeObject(repo, "tree", noTree(repo).raw).sha;
    const capture = existsSync(path) ? await captureTree(repo, place, from, { ...options, leave }) : null;
    if (capture !== null) rmSync(capture.index, { force: true });
    keepWhole(repo, place, { id, paths: capture?.left ?? [] });
    const isDirty = capture !== null && capture.files.length > 0;
    await preserveOrphans(repo, place, { id, also: [] });
    const ignored = capture?.ignored ?? null;
    if (!isDirty) return { ref: head === since ? null : await preserve(repo, { id, sha: head ?? from }), ignored };
    const sha = await commitTree(repo, { tree: capture.tree, parents: head === null ? [] : [head], message });
    return { ref: await preserve(repo, { id, sha }), ignored: null };
  });
}

import { existsSync, rmSync } from "node:fs";
import { captureTree } from "./capture.ts";
import { commitTree } from "./commit-object.ts";
import { preserveOrphans } from "./orphans.ts";
import { preserve } from "./preserve-ref.ts";
import type { Repository } from "./repository.ts";
import { findRegistration } from "./worktree-admin.ts";

export { preserve } from "./preserve-ref.ts";

/**
 * Keeps all work of a worktree on a ref: its commit, and what is uncommitted or untracked as one more commit upon it. The
 * worktree is left as it is. Answers the ref; null when there is nothing to keep, that is, when nothing is unsaved and
 * HEAD is still at `since`. Code: GIT_FAILED.
 */
export async function preserveWorktree(
  repo: Repository,
  { id, path, message, since = null }: { id: string; path: string; message: string; since?: string | null },
): Promise<string | null> {
  return await repo.worktreeMutex(async () => {
    const place = findRegistration(repo, path);
    if (place === null || place.head === null) return null;
    const { head } = place;
    const capture = existsSync(path) ? await captureTree(repo, place, head) : null;
    if (capture !== null) rmSync(capture.index, { force: true });
    const isDirty = capture !== null && capture.files.length > 0;
    await preserveOrphans(repo, place, { id, also: [] });
    if (!isDirty) return head === since ? null : await preserve(repo, { id, sha: head });
    const sha = await commitTree(repo, { tree: capture.tree, parents: [head], message });
    return await preserve(repo, { id, sha });
  });
}

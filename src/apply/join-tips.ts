import { KanbandError } from "../errors.ts";
import { isAncestor, mergeBase } from "../git/branches.ts";
import { type ConflictedMerge, commitTree } from "../git/merge.ts";
import { mergeOver } from "../git/merge-over.ts";
import { withFoldersOf } from "../git/swap-folders.ts";
import { newerFolders, stackedOn } from "./branch-board.ts";
import { withConflictNotes } from "./conflict-notes.ts";
import { CONVENTION_FOLDERS, type World } from "./world.ts";

/** `name`: a branch, for the message of the commit. */
export type Tip = { name: string; sha: string };

/** Two sides that changed the same, and what git says about it. */
export type TipConflict = { ours: Tip; theirs: Tip; merge: ConflictedMerge };

/**
 * A commit that holds all of some others: the last of them where it holds the rest already, else merges upon each other, with
 * markers where they conflict, and with notes beside what no marker can show. No ref holds it. The board in it is the newest of
 * theirs. Code: WORKTREE_BROKEN.
 */
export async function joinTips(
  world: World,
  tips: readonly [Tip, ...Tip[]],
  { hasNotes = true }: { hasNotes?: boolean } = {},
): Promise<{ sha: string; conflicts: readonly TipConflict[] }> {
  const repo = world.codeRepo;
  const found: TipConflict[] = [];
  let [joined] = tips;
  for (const tip of tips.slice(1)) {
    if (await isAncestor(repo, tip.sha, joined.sha)) continue;
    if (await isAncestor(repo, joined.sha, tip.sha)) {
      joined = tip;
      continue;
    }
    const base = await mergeBase(repo, joined.sha, tip.sha);
    if (base === null)
      throw new KanbandError("WORKTREE_BROKEN", `${joined.name} and ${tip.name} have no commit in common`);
    const merged = await mergeOver(repo, { base, ours: joined.sha, theirs: tip.sha, folders: CONVENTION_FOLDERS });
    const isClean = !("conflicts" in merged);
    if (!isClean) found.push({ ours: joined, theirs: tip, merge: merged });
    const names = { ours: joined.name, theirs: tip.name };
    const marked = async (it: ConflictedMerge): Promise<string> =>
      hasNotes ? await withConflictNotes(world, it, names) : it.marked;
    const folders = await newerFolders(world, { ours: joined.sha, theirs: tip.sha });
    const content = isClean ? merged.tree : await marked(merged);
    const tree = await withFoldersOf(repo, { tree: content, from: tip.sha, folders });
    const left = isClean ? "" : ", conflicts left to mend";
    const name = `${joined.name} and ${tip.name}`;
    const lines = [joined, tip].map((it) => `${stackedOn(it.name, it.sha)}\n`).join("");
    const message = `Merge ${name}${left}\n\n${lines}`;
    const sha = await commitTree(repo, { tree, parents: [joined.sha, tip.sha], message });
    joined = { name, sha };
  }
  return { sha: joined.sha, conflicts: found };
}

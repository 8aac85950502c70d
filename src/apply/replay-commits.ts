import { withoutLanding } from "../board/landing.ts";
import { oneLine } from "../board/text.ts";
import { diffFiles, listCommits } from "../git/branches.ts";
import { makeObject } from "../git/loose-object.ts";
import { mergeOver } from "../git/merge-over.ts";
import { noTree, treeIdOf } from "../git/objects.ts";
import { readCommit } from "../git/read-commit.ts";
import type { Repository } from "../git/repository.ts";
import { pathRefusals } from "./path-refusals.ts";
import { CONVENTION_FOLDERS, type World } from "./world.ts";

type Replayed = { tree: string; author: string; message: string };

const SUBJECT_CHARACTERS = 60;

/**
 * Each commit of a branch as it would be upon the base: its own author and message, the tree after it. Merges are left out, and so
 * is what changes nothing any more, or the board alone. A problem, as words for a sentence, where one conflicts, or changes what
 * may not come into the base though a later one takes it back, or they do not add up to `tree`, which is what a merge of the whole
 * branch gives. Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function replayCommits(
  world: World,
  it: { baseSha: string; branchSha: string; branchedFrom: string | null; tree: string; touches: readonly string[] },
): Promise<{ commits: Replayed[] } | { problem: string }> {
  const repo = world.codeRepo;
  const without = [it.baseSha, ...(it.branchedFrom === null ? [] : [it.branchedFrom])];
  const commits: Replayed[] = [];
  let tree = (await treeIdOf(repo, it.baseSha)) ?? "";
  for (const sha of await listCommits(repo, { of: it.branchSha, without })) {
    const commit = await readCommit(repo, sha);
    if (commit === null) return { problem: `${sha.slice(0, 12)} is missing` };
    const [parent] = commit.parents;
    const base = parent === undefined ? null : await treeIdOf(repo, parent);
    const sides = { base: base ?? emptyTree(repo), ours: tree, theirs: commit.tree };
    const next = await mergeOver(repo, { ...sides, folders: CONVENTION_FOLDERS });
    const subject = oneLine(commit.message.split("\n")[0] ?? "", SUBJECT_CHARACTERS);
    if ("conflicts" in next) {
      const files = [...new Set(next.conflicts.map(({ path }) => path))].join(", ");
      return { problem: `${sha.slice(0, 12)} "${subject}" cannot be replayed by itself, it conflicts in ${files}` };
    }
    const changes = next.tree === tree ? [] : await diffFiles(repo, tree, next.tree);
    const [refused] = await pathRefusals(world, { tip: next.tree, changes, touches: it.touches });
    if (refused !== undefined) return { problem: `${sha.slice(0, 12)} "${subject}" cannot come by itself: ${refused}` };
    const { author, message } = commit;
    if (next.tree !== tree) commits.push({ tree: next.tree, author, message: withoutLanding(message) });
    tree = next.tree;
  }
  return tree === it.tree ? { commits } : { problem: "its commits do not add up to the whole without its merges" };
}

function emptyTree(repo: Repository): string {
  return makeObject(repo, "tree", noTree(repo).raw).sha;
}

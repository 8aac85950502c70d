import { isAncestor, mergeBase } from "../git/branches.ts";
import { droppedCommits } from "../git/dropped-commits.ts";
import { readCommit } from "../git/read-commit.ts";
import { isBegun } from "./begin-anew.ts";
import { ownerOf } from "./foreign-commits.ts";
import { excludedFolders, type World } from "./world.ts";

/** How what is said of a branch begins that would bring back what somebody took out of the base's history. */
export const BRINGS_BACK = "it would bring back ";

/**
 * What is to be said of a branch that began at a commit which the base held, and does not hold any more: whoever rewrote the base
 * did not want it there. What the base has under another id is not meant, nor what tasks did. Null: nothing. Code: GIT_FAILED.
 */
export async function broughtBack(
  world: World,
  { baseSha, branchedFrom }: { baseSha: string; branchedFrom: string | null },
): Promise<string | null> {
  const repo = world.codeRepo;
  if (branchedFrom === null || (await isAncestor(repo, branchedFrom, baseSha))) return null;
  // Another history altogether is refused by the merge, in its own words.
  if ((await mergeBase(repo, branchedFrom, baseSha)) === null) return null;
  const begun = await readCommit(repo, branchedFrom);
  // Nothing but what came upon that is merged of it.
  if (begun !== null && isBegun(begun)) return null;
  const start = await baseSideOf(world, branchedFrom);
  if (await isAncestor(repo, start, baseSha)) return null;
  const all = await droppedCommits(repo, { base: baseSha, start, folders: excludedFolders(world) });
  const dropped = all.filter((it) => it.landedTip !== null || ownerOf(it) === null);
  if (dropped.length === 0) return null;
  const subjects = dropped.slice(0, 3).map(({ subject }) => `"${subject}"`);
  const names = dropped.length > subjects.length ? `${subjects.join(", ")}, ...` : subjects.join(", ");
  const count = dropped.length === 1 ? "1 commit" : `${dropped.length} commits`;
  return `${BRINGS_BACK}${count} that ${world.settings().base} does not hold any more: ${names}`;
}

// For the rework of a conflict the base was merged into the branch, which began anew with that.
async function baseSideOf(world: World, start: string): Promise<string> {
  const commit = await readCommit(world.codeRepo, start);
  const [, second] = commit?.parents ?? [];
  const isBroughtIn = commit?.message.startsWith(`Merge ${world.settings().base} into kanband/`) === true;
  return isBroughtIn && second !== undefined ? second : start;
}

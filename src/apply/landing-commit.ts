import { joinLanding } from "../board/landing.ts";
import { commitTree } from "../git/merge.ts";
import { lostStart } from "./begin-anew.ts";
import { replayCommits } from "./replay-commits.ts";
import type { World } from "./world.ts";

/** The last of the commits upon the base that no ref holds yet; `note` says where they are not of the style that is set. */
export type LandingCommit = { commitSha: string; note: string | null };

const LOST_START = "As one commit: the base does not hold the commit any more upon which the branch began.";

/**
 * Makes the commit, or commits, with which a merged tree comes upon the base: a merge, one commit, or each commit of the branch
 * anew. Commits that cannot be replayed one by one, or whose history may not come along, come as one, and the message says why.
 * Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function landingCommit(
  world: World,
  it: {
    baseSha: string;
    branchSha: string;
    branchedFrom: string | null;
    touches: readonly string[];
    tree: string;
    message: string;
  },
): Promise<LandingCommit> {
  const { baseSha, branchSha, tree, message } = it;
  const style = world.settings().mergeStyle;
  const one = async (parents: readonly string[], note: string | null = null): Promise<LandingCommit> => {
    const text = note === null ? message : message.replace("\n", () => `\n\n${note}\n`);
    return { commitSha: await commitTree(world.codeRepo, { tree, parents, message: text }), note };
  };
  if (style === "squash") return await one([baseSha]);
  // Its history would bring back what somebody took out of the base's.
  if ((await lostStart(world, { ...it, tip: branchSha })) !== null) return await one([baseSha], LOST_START);
  if (style === "merge") return await one([baseSha, branchSha]);
  const replayed = await replayCommits(world, it);
  if ("problem" in replayed) return await one([baseSha], `As one commit: ${replayed.problem}.`);
  const { commits } = replayed;
  if (commits.length === 0) return await one([baseSha]);
  let commitSha = baseSha;
  for (const [index, commit] of commits.entries()) {
    const isLast = index === commits.length - 1;
    const text = isLast ? joinLanding(commit.message, message, commits.length) : commit.message;
    commitSha = await commitTree(world.codeRepo, { ...commit, parents: [commitSha], message: text });
  }
  return { commitSha, note: null };
}

import { diffFiles } from "../git/branches.ts";
import type { ConflictedMerge, MergedTree } from "../git/merge.ts";
import { landingCommit } from "./landing-commit.ts";
import { mergeIntoBase } from "./merge-into-base.ts";
import { pathRefusals } from "./path-refusals.ts";
import { strangeHistory } from "./strange-history.ts";
import type { World } from "./world.ts";

/** What of a task comes into the base, and under which message. */
export type LandingSubject = {
  branchSha: string;
  branchedFrom: string | null;
  /** What its task may change although it is protected. */
  touches: readonly string[];
  message: string;
};

/** A conflict between the base and a branch, as git tells it. */
export type LandingConflict = ConflictedMerge & { state: "conflict"; baseSha: string; branchSha: string };

export type Landing =
  /** `commitSha` is the last commit upon the base that no ref holds yet; `note`: where it is not of the style that is set. */
  | { state: "made"; tree: string; commitSha: string; note: string | null }
  | LandingConflict
  /** The branch holds what may not come into the base. */
  | { state: "refused"; reason: string };

/**
 * Makes what brings a branch into the base, upon `baseSha`, without a checkout; nothing points at it yet. The branch is looked
 * at as a whole: what a branch may not change is refused, whoever changed it.
 */
export async function makeLanding(world: World, baseSha: string, it: LandingSubject): Promise<Landing> {
  const repo = world.codeRepo;
  const merged = await mergeOrReason(world, baseSha, it);
  if (typeof merged === "string") return { state: "refused", reason: merged };
  if ("conflicts" in merged) return { state: "conflict", baseSha, branchSha: it.branchSha, ...merged };
  const changes = await diffFiles(repo, baseSha, merged.tree);
  const [refused] = await pathRefusals(world, { tip: merged.tree, changes, touches: it.touches });
  if (refused !== undefined) return { state: "refused", reason: refused };
  const { tree } = merged;
  return { state: "made", tree, ...(await landingCommit(world, { ...it, baseSha, tree })) };
}

// What is asked of every merge costs all of them: the reason is looked for where git has refused.
async function mergeOrReason(world: World, baseSha: string, it: LandingSubject): Promise<MergedTree | string> {
  try {
    return await mergeIntoBase(world, { ...it, baseSha });
  } catch (error) {
    const strange = await strangeHistory(world, it.branchSha);
    if (strange === null) throw error;
    return strange;
  }
}

import { failpoint } from "../files/failpoint.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { advanceBase } from "../git/merge.ts";
import { isSameCode } from "./convention-folders.ts";
import { type LandingConflict, type LandingSubject, makeLanding } from "./make-landing.ts";
import { baseRefOf, type World } from "./world.ts";

export type MergeStep =
  /** `sha`: the commit that brought it into the base; null when it was there already. */
  | { state: "merged"; sha: string | null }
  | LandingConflict
  /** The branch holds what may not come into the base, or there is no base. */
  | { state: "refused"; reason: string }
  /** Files of a checkout of the base are not as the base has them. */
  | { state: "dirty"; files: readonly string[] }
  /** Others move the base all the time. */
  | { state: "moving" }
  /** This tree has to be verified first; `commitSha` is a commit of it that no ref holds. */
  | { state: "verify"; baseSha: string; tree: string; commitSha: string };

const TRIES = 10;

/** Merges a branch into the base as it is now, again when somebody else was faster; stops where `verify` is due. */
export async function mergeStep(
  world: World,
  it: LandingSubject & { needsVerify: boolean; verifiedTree: string | null },
): Promise<MergeStep> {
  const repo = world.codeRepo;
  const ref = baseRefOf(world);
  for (let tries = 0; tries < TRIES; tries++) {
    const baseSha = await resolveRef(repo, ref);
    if (baseSha === null)
      return { state: "refused", reason: `the base branch ${world.settings().base} does not exist` };
    if (await isAncestor(repo, it.branchSha, baseSha)) return { state: "merged", sha: null };
    const landing = await makeLanding(world, baseSha, it);
    if (landing.state !== "made") return landing;
    const { tree, commitSha } = landing;
    const isVerified = it.verifiedTree !== null && (await isSameCode(world, it.verifiedTree, tree));
    if (it.needsVerify && !isVerified) return { state: "verify", baseSha, tree, commitSha };
    failpoint("apply.merge.before-advance");
    const advance = await advanceBase(repo, { ref, from: baseSha, to: commitSha });
    failpoint("apply.merge.after-advance");
    if (advance.state === "moved") return { state: "merged", sha: commitSha };
    if (advance.state === "dirty") return { state: "dirty", files: advance.files };
  }
  return { state: "moving" };
}

import { branchOf } from "../board/branch.ts";
import { mergedAsOf } from "../board/merged-as.ts";
import { parsePullRequest } from "../board/pull-request.ts";
import type { Effect } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { holds } from "../git/holds.ts";
import { isPreserved, preserve } from "../git/preserve-ref.ts";
import { listCheckouts } from "../git/worktree-admin.ts";
import { anyLandingOnBase } from "./find-landing.ts";
import { mergedOutcome, writeMerge } from "./merge-session.ts";
import { subjectNow } from "./merge-subject.ts";
import { removeBranch } from "./remove-branch.ts";
import { forgetResults } from "./tree-results.ts";
import { forgetVainMerges } from "./vain-merges.ts";
import { baseRefOf, type World } from "./world.ts";

type DropEffect = Extract<Effect, { kind: "drop-branch" }>;

/**
 * Deletes a task's branch that is merged, unless it moved meanwhile or is checked out anywhere; commits that the base does not
 * hold, as after a squash, are kept by a ref. A merge of which nobody lived to tell is told of first: without the branch it
 * would be forgotten.
 */
export async function dropBranch(world: World, { taskId, sha }: DropEffect, snapshot: Snapshot): Promise<void> {
  const repo = world.codeRepo;
  const base = await resolveRef(repo, baseRefOf(world));
  const landing = base === null ? null : await landingIn(world, base, { taskId, sha, snapshot });
  if (landing === null) return;
  if (listCheckouts(repo).some(({ branch }) => branch === branchOf(taskId))) return;
  await noteMerge(world, { taskId, branchSha: sha, baseSha: base ?? landing, landing }, snapshot);
  failpoint("apply.drop.before-branch");
  if (landing !== sha) await preserve(repo, { id: taskId, sha });
  await removeBranch(repo, { taskId, sha });
  failpoint("apply.drop.after-branch");
  // Whoever wrote the end of its merge may have died right after it.
  forgetResults(world, taskId);
  forgetVainMerges(world, taskId);
}

/** The tip, where the base holds it; else what it became there, as its merge or its request at a forge says; null: nothing. */
async function landingIn(
  { codeRepo }: World,
  base: string,
  { taskId, sha, snapshot }: { taskId: string; sha: string; snapshot: Snapshot },
): Promise<string | null> {
  if (await isAncestor(codeRepo, sha, base)) return sha;
  const own = mergedAsOf(snapshot.sessions.get(taskId) ?? [], sha);
  if (own !== null && (await holds(codeRepo, base, own))) return own;
  const pr = snapshot.tasks.find(({ id }) => id === taskId)?.task?.pr ?? null;
  const landing = parsePullRequest(pr)?.landedAs ?? null;
  if (landing === null || !isPreserved(codeRepo, { id: taskId, sha })) return null;
  return (await holds(codeRepo, base, landing)) ? landing : null;
}

async function noteMerge(
  world: World,
  { landing, ...it }: { taskId: string; branchSha: string; baseSha: string; landing: string },
  snapshot: Snapshot,
): Promise<void> {
  const { taskId, branchSha } = it;
  const sessions = snapshot.sessions.get(taskId) ?? [];
  const merge = sessions.find(({ step }) => step === "merge");
  if (merge?.verdict === "merged" && merge.commitSha === branchSha) return;
  writeMerge(
    world,
    {
      ...subjectNow(world, snapshot, it),
      attempt: Math.max(1, ...sessions.map(({ attempt }) => attempt)),
      conflicts: merge?.reworks ?? 0,
    },
    mergedOutcome(landing === branchSha ? await anyLandingOnBase(world, it) : landing),
  );
}

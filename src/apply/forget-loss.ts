import { LOST } from "../board/landed.ts";
import { readLanding } from "../board/landing.ts";
import type { Effect } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { mergeTrees } from "../git/merge.ts";
import { treeIdOf } from "../git/objects.ts";
import { preserve } from "../git/preserve-ref.ts";
import { readCommit } from "../git/read-commit.ts";
import { mergedOutcome, writeMerge } from "./merge-session.ts";
import { subjectNow } from "./merge-subject.ts";
import { removeBranch } from "./remove-branch.ts";
import { baseRefOf, branchRefOf, type World } from "./world.ts";

type ForgetEffect = Extract<Effect, { kind: "forget-loss" }>;

/**
 * The merge of a task that was told to be lost is on the base again: its branch, made so that it could be merged anew, goes, and
 * `merge.md` says that it is merged. Where the branch holds more than the base, only the words of a commit say so.
 * Codes: GIT_FAILED, GIT_LOCKED, WRITE_FAILED.
 */
export async function forgetLoss(world: World, effect: ForgetEffect, snapshot: Snapshot): Promise<void> {
  const repo = world.codeRepo;
  const { taskId, sha, branchSha } = effect;
  const base = await resolveRef(repo, baseRefOf(world));
  if (base === null || (await resolveRef(repo, branchRefOf(taskId))) !== branchSha) return;
  failpoint("apply.found.before-branch");
  if (branchSha !== null && (await addsWork(world, { base, branchSha })))
    return noteDoubt(world, snapshot, { taskId, sha, branchSha });
  if (branchSha !== null && !(await drop(world, { taskId, branchSha, base }))) return;
  failpoint("apply.found.after-branch");
  const tip = readLanding((await readCommit(repo, sha))?.message ?? "")?.tip;
  const subject = subjectNow(world, snapshot, { taskId, branchSha: tip ?? branchSha ?? sha });
  writeMerge(world, subject, mergedOutcome(sha, "It was lost for a while, and is there again."));
  failpoint("apply.found.after-record");
}

/** The loss stands, and is not asked about any more: whoever looks at the task decides. */
function noteDoubt(
  world: World,
  snapshot: Snapshot,
  { taskId, sha, branchSha }: { taskId: string; sha: string; branchSha: string },
): void {
  const told = snapshot.sessions.get(taskId)?.find(({ step }) => step === "merge");
  const { base } = world.settings();
  const text = `${base} says that it holds ${sha} again, but its branch adds to what is there: ${branchSha}.`;
  const subject = subjectNow(world, snapshot, { taskId, branchSha });
  writeMerge(world, subject, { verdict: LOST, reason: told?.reason ?? null, text });
}

async function addsWork(
  { codeRepo }: World,
  { base, branchSha }: { base: string; branchSha: string },
): Promise<boolean> {
  const merged = await mergeTrees(codeRepo, base, branchSha);
  return "conflicts" in merged || merged.tree !== (await treeIdOf(codeRepo, base));
}

/** False: somebody moved it at that very moment, so that it is no longer this one. */
async function drop(
  { codeRepo }: World,
  { taskId, branchSha, base }: { taskId: string; branchSha: string; base: string },
): Promise<boolean> {
  if (!(await isAncestor(codeRepo, branchSha, base))) await preserve(codeRepo, { id: taskId, sha: branchSha });
  return await removeBranch(codeRepo, { taskId, sha: branchSha });
}

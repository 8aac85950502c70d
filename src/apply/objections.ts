import { worstClaims } from "../board/check-claim.ts";
import { MOVED, movedWords } from "../board/moved-branch.ts";
import { isConflictRecord } from "../board/record-steps.ts";
import type { Session } from "../board/session.ts";
import { lowerNames } from "../board/stack.ts";
import type { Task } from "../board/task.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { resolveRef } from "../git/head.ts";
import { branchClaims } from "./branch-claims.ts";
import { branchedFromOf } from "./branched-from.ts";
import { changedPaths } from "./changed-paths.ts";
import { BRINGS_BACK, broughtBack } from "./dropped-commits.ts";
import { strangersOf } from "./foreign-commits.ts";
import type { MergeSubject } from "./merge-session.ts";
import { pathRefusals } from "./path-refusals.ts";
import { strangeHistory } from "./strange-history.ts";
import { baseRefOf, type World } from "./world.ts";

/**
 * `claim`: what is refuted, or that nobody looked at it, as a line. `isOverruled`: a person was told, and accepted the same
 * commit once more.
 */
export type Objection = { claim: string; reason: string; isOverruled: boolean };

const REFUTED = "its checks refute it; accept it once more to merge it all the same";
const ONCE_MORE = "accept it once more to merge it as it is";

/**
 * What stands against the merge of an accepted branch: its checks refuted this very commit; or nobody has checked this commit, and
 * a look at it refutes it, or the branch has moved to it after its checks; or it would bring back what the base had, and a
 * person took out of its history. Refused paths, and a history that no merge joins, are left to the merge itself, which nobody
 * overrules. Null: nothing.
 */
export async function objectionTo(
  world: World,
  snapshot: Snapshot,
  subject: MergeSubject,
  task: Task | null,
): Promise<Objection | null> {
  const all = snapshot.sessions.get(subject.taskId) ?? [];
  const checks = all.find(({ step, commitSha }) => step === "checks" && commitSha === subject.branchSha);
  const branchedFrom = branchedFromOf(all, subject.branchSha);
  const baseSha = await resolveRef(world.codeRepo, baseRefOf(world));
  // Where a stacked branch began, the base never was.
  const isStacked = task === null || lowerNames(task).length > 0;
  const back = baseSha === null || isStacked ? null : await broughtBack(world, { baseSha, branchedFrom });
  const isOverruled = wasTold(all, subject, back);
  if (checks?.state === "done" && checks.verdict !== "must-fix") return openObjection([back], isOverruled);
  const facts = {
    taskId: subject.taskId,
    tip: subject.branchSha,
    startSha: null,
    branchedFrom,
    base: task?.base ?? null,
    others: strangersOf(snapshot, task),
    touches: task?.touches ?? [],
  };
  if ((await strangeHistory(world, facts.tip)) !== null) return null;
  const changes = await changedPaths(world, facts);
  if ((await pathRefusals(world, { ...facts, changes })).length > 0) return null;
  const claim = checks?.verdict === "must-fix" ? (checks.reason ?? "must-fix") : await lookedAt(world, facts, all);
  const moved = movedWords(all, subject.branchSha);
  if (claim === null) return openObjection([back, moved], isOverruled);
  const together = [claim, back, moved].filter((it) => it !== null).join("; ");
  return { claim: together, reason: `${REFUTED}: ${together}`, isOverruled };
}

/** What nobody refuted, and has to be said all the same. */
function openObjection(words: readonly (string | null)[], isOverruled: boolean): Objection | null {
  const claim = words.filter((it) => it !== null).join("; ");
  return claim === "" ? null : { claim, reason: `${claim}: ${ONCE_MORE}`, isOverruled };
}

async function lookedAt(
  world: World,
  facts: Omit<Parameters<typeof branchClaims>[1], "mustCommit" | "hadConflict">,
  all: readonly Session[],
): Promise<string | null> {
  const hadConflict = all.some(isConflictRecord);
  const [worst] = worstClaims(await branchClaims(world, { ...facts, mustCommit: false, hadConflict }));
  return worst === undefined ? null : (worst.reason ?? worst.what);
}

function wasTold(all: readonly Session[], { branchSha, acceptedAt }: MergeSubject, back: string | null): boolean {
  const told = all.find(({ step, commitSha }) => step === "merge" && commitSha === branchSha);
  const reason = told?.verdict === "checks-failed" ? (told.reason ?? "") : "";
  const isTold = [REFUTED, MOVED, BRINGS_BACK].some((it) => reason.startsWith(it));
  // The base may have been rewritten since the last time.
  const isAll = back === null || reason.includes(back);
  return told !== undefined && isTold && isAll && acceptedAt !== null && (told.finishedAt ?? 0) < acceptedAt;
}

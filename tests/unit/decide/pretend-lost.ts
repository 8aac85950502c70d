import type { Session } from "../../../src/board/session.ts";
import type { Effect } from "../../../src/decide/action.ts";
import { sessionOf } from "../../helpers/board-builder.ts";
import type { World } from "./pretend-world.ts";

const LOSSES = 3;

type Forget = Extract<Effect, { kind: "forget-loss" }>;
type Restore = Extract<Effect, { kind: "restore-branch" }>;

/** A person now and then reverts what was merged, or moves the base away from it, or back; a few times in a life. */
export function loseMerges(world: World): void {
  if (world.chance() > 0.05) return;
  for (const { verdict, mergedAs } of world.sessions.values()) {
    if (verdict === "lost" && mergedAs != null && world.chance() < 0.3) world.landed.found.add(mergedAs);
  }
  const merged = [...world.files.values()].flatMap(({ id, lane }) => {
    const branch = world.branches.get(id);
    const merge = [...world.sessions.values()].find((it) => it.taskId === id && it.step === "merge");
    const isMerged = merge?.verdict === "merged" && (branch === undefined || branch.isMerged);
    return lane === "done" && isMerged ? [{ id, tip: merge.commitSha ?? "" }] : [];
  });
  const chosen = merged[Math.floor(world.chance() * merged.length)];
  if (chosen === undefined || world.landed.count === LOSSES) return;
  world.landed.count += 1;
  const revertedBy = world.chance() < 0.5 ? `revert${++world.count}` : null;
  world.landed.isNoted = false;
  world.landed.lost.set(chosen.id, { sha: `landing${++world.count}`, tip: chosen.tip, revertedBy });
  const branch = world.branches.get(chosen.id);
  if (branch !== undefined && revertedBy === null) branch.isMerged = false;
}

/** What `observe` would find on the base again. */
export function foundIn({ files, sessions, landed }: World): Map<string, string> {
  const blocked = new Set([...files.values()].flatMap(({ id, lane }) => (lane === "blocked" ? [id] : [])));
  return new Map(
    [...sessions.values()].flatMap(({ taskId, verdict, mergedAs }) => {
      const isFound = verdict === "lost" && mergedAs != null && landed.found.has(mergedAs) && blocked.has(taskId);
      return isFound ? [[taskId, mergedAs] as const] : [];
    }),
  );
}

/** The branch goes, and the record says that it is merged. */
export function forgetLoss(world: World, { taskId, sha, branchSha }: Forget): void {
  if ((world.branches.get(taskId)?.sha ?? null) !== branchSha) return;
  world.branches.delete(taskId);
  writeMerge(world, taskId, { verdict: "merged", commitSha: branchSha ?? sha, mergedAs: sha });
}

/** The branch is there again, with another tip where the base still holds the old one. */
export function restoreBranch(world: World, { taskId, sha, tip, revertedBy }: Restore): void {
  const branch = world.branches.get(taskId);
  const isSpent = branch === undefined || (revertedBy !== null && (branch.isMerged || branch.sha === tip));
  const now = isSpent ? { sha: revertedBy === null ? tip : `anew${++world.count}`, isMerged: false } : branch;
  world.branches.set(taskId, now);
  writeMerge(world, taskId, { verdict: "lost", reason: "it is lost", commitSha: now.sha, mergedAs: sha });
}

function writeMerge(world: World, taskId: string, facts: Partial<Session>): void {
  const attempt = [...world.files.values()].find(({ id }) => id === taskId)?.task.attempt ?? 1;
  const times = { startedAt: world.now, finishedAt: world.now };
  const session = sessionOf(taskId, { step: "merge", attempt, slot: null, runId: null, ...facts, ...times });
  world.sessions.set(session.path, session);
}

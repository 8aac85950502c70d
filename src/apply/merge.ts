import type { Effect } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { resolveRef } from "../git/head.ts";
import { mergeBatch } from "./merge-batch.ts";
import type { BatchSubject } from "./merge-part.ts";
import { hasRun } from "./run-id.ts";
import { branchRefOf, type World } from "./world.ts";

type MergeEffect = Extract<Effect, { kind: "merge" }>;

/**
 * Merges the branch of an accepted task into the base, and those of its batch with it: the tree is merged without a checkout,
 * `verify` runs on the merged tree (as a run that `collect` ends), then the base moves by compare-and-swap. What came of it is
 * in `merge.md`.
 */
export async function merge(world: World, effect: MergeEffect, snapshot: Snapshot): Promise<void> {
  const { taskId, conflicts = 0, batch = [] } = effect;
  const subjects: BatchSubject[] = [];
  for (const member of [{ taskId, conflicts, after: [] }, ...batch]) {
    const branchSha = await resolveRef(world.codeRepo, branchRefOf(member.taskId));
    if (branchSha === null || hasRun(world, member.taskId)) continue;
    subjects.push({
      ...member,
      attempt: attemptOf(snapshot, member.taskId),
      branchSha,
      runId: null,
      startedAt: world.clock(),
      settingsBlob: snapshot.settingsBlob,
      acceptedAt: acceptedAtOf(snapshot, member.taskId),
    });
  }
  // A run of the first is that of the whole batch.
  if (subjects[0]?.taskId === taskId) await mergeBatch(world, snapshot, subjects);
}

/** When the task came into `done/`; null when that is not known. */
function acceptedAtOf({ tasks }: Snapshot, taskId: string): number | null {
  return tasks.find(({ id, lane }) => id === taskId && lane === "done")?.enteredAt ?? null;
}

function attemptOf(snapshot: Snapshot, taskId: string): number {
  const attempt = snapshot.tasks.find(({ id }) => id === taskId)?.task?.attempt ?? null;
  const known = (snapshot.sessions.get(taskId) ?? []).map((it) => it.attempt);
  return attempt ?? Math.max(0, ...known);
}

import type { Snapshot } from "../decide/snapshot.ts";
import type { MergeSubject } from "./merge-session.ts";
import type { World } from "./world.ts";

/** What a record of a merge is about that no attempt at one has led to: the task as it is now. */
export function subjectNow(
  world: World,
  snapshot: Snapshot,
  { taskId, branchSha }: Pick<MergeSubject, "taskId" | "branchSha">,
): MergeSubject {
  const task = snapshot.tasks.find(({ id }) => id === taskId)?.task ?? null;
  const known = (snapshot.sessions.get(taskId) ?? []).map(({ attempt }) => attempt);
  return {
    taskId,
    attempt: task?.attempt ?? Math.max(1, ...known),
    branchSha,
    conflicts: 0,
    runId: null,
    startedAt: world.clock(),
    settingsBlob: snapshot.settingsBlob,
    acceptedAt: null,
  };
}

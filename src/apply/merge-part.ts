import { LOSS_LIMIT, lossesOf, lossReason } from "../board/losses.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { branchedFromOf } from "./branched-from.ts";
import type { LandingSubject } from "./make-landing.ts";
import { formatMergeMessage } from "./merge-message.ts";
import { type MergeSubject, writeMerge } from "./merge-session.ts";
import { objectionTo } from "./objections.ts";
import type { World } from "./world.ts";

/** A task of a batch. `after`: those of the batch without which it may not be merged. */
export type BatchSubject = MergeSubject & { after: readonly string[] };

/** A task that is to be merged, with all that is asked of its merge. */
export type MergePart = {
  subject: BatchSubject;
  landing: LandingSubject;
  /** Its own commands of `verify`, beside the board's. */
  verify: readonly string[];
  timeoutMs: number | "none" | null;
};

/**
 * What of these tasks may be merged, in the same order. One that something stands against is told so, and those that may not be
 * merged without it wait as well; the others go on.
 */
export async function mergeParts(
  world: World,
  snapshot: Snapshot,
  subjects: readonly BatchSubject[],
): Promise<readonly MergePart[]> {
  const parts: MergePart[] = [];
  const here = new Set(subjects.map(({ taskId }) => taskId));
  for (const subject of subjects) {
    const part = subject.after.every((id) => here.has(id)) ? await partOf(world, snapshot, subject) : null;
    if (part === null) here.delete(subject.taskId);
    else parts.push(part);
  }
  return parts;
}

/** Null: it is not merged, and its record says why. */
async function partOf(world: World, snapshot: Snapshot, subject: BatchSubject): Promise<MergePart | null> {
  const { taskId, branchSha } = subject;
  const task = snapshot.tasks.find(({ id }) => id === taskId)?.task ?? null;
  const sessions = snapshot.sessions.get(taskId) ?? [];
  const objection = await objectionTo(world, snapshot, subject, task);
  if (objection?.isOverruled === false) {
    const text = `${objection.reason}\n\n\`sessions/${taskId}/checks.md\` says more, where it is about this commit.`;
    writeMerge(world, subject, { verdict: "checks-failed", reason: objection.reason, text });
    return null;
  }
  const message = formatMergeMessage({
    taskId,
    branchSha,
    title: task?.title ?? taskId,
    sessions,
    despite: objection?.claim ?? null,
  });
  const touches = task?.touches ?? [];
  return {
    subject,
    landing: { branchSha, branchedFrom: branchedFromOf(sessions, branchSha), touches, message },
    verify: task?.verify ?? [],
    timeoutMs: task?.timeoutMs ?? null,
  };
}

/**
 * What is said of the first of a batch when the supervisor of its `verify` was lost: it is tried again by itself, and not for
 * ever.
 */
export function lostVerdict(
  { sessions }: Snapshot,
  { taskId, branchSha }: MergeSubject,
): { verdict: "waiting" | "checks-failed"; reason: string; text: string } {
  const before = sessions.get(taskId)?.find((it) => it.step === "merge" && it.commitSha === branchSha);
  const losses = before === undefined ? 1 : lossesOf(before) + 1;
  const reason = lossReason(losses);
  return { verdict: losses < LOSS_LIMIT ? "waiting" : "checks-failed", reason, text: reason };
}

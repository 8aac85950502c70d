import { join } from "node:path";
import type { LOST, UNDONE } from "../board/landed.ts";
import type { Session } from "../board/session.ts";
import { parseSession } from "../board/session-file.ts";
import { failpoint } from "../files/failpoint.ts";
import { readRegularFile } from "./board-file.ts";
import { describeEnd, noteInContext } from "./context.ts";
import { writeSession } from "./session-record.ts";
import { forgetResults } from "./tree-results.ts";
import { forgetVainMerges, noteVainMerge } from "./vain-merges.ts";
import type { World } from "./world.ts";

export type MergeVerdict = "merged" | "conflict" | "checks-failed" | "waiting" | typeof LOST | typeof UNDONE;

/** What the record of a merge is about. */
export type MergeSubject = {
  taskId: string;
  attempt: number;
  /** Tip of the task's branch. */
  branchSha: string;
  /** Conflicts before this one in the present chain. */
  conflicts: number;
  runId: string | null;
  startedAt: number;
  settingsBlob: string | null;
  /** When the task was accepted; null when that is not known. */
  acceptedAt: number | null;
};

type MergeOutcome = {
  verdict: MergeVerdict;
  reason: string | null;
  text: string;
  /** The commit that brought it into the base. */
  mergedAs?: string | null;
  /** What it waits for is about the board: no merge can be tried. */
  failure?: "setup" | null;
};

/** What is written of a merge that came to be; null: the base holds the branch, and nobody knows since which commit. */
export function mergedOutcome(mergedAs: string | null, note: string | null = null): MergeOutcome {
  const text = mergedAs === null ? "Merged into the base." : `Merged into the base as ${mergedAs}.`;
  return { verdict: "merged", reason: null, text: note === null ? text : `${text}\n\n${note}`, mergedAs };
}

/** Where the record of a task's merge is, relative to the board's root. */
export function mergePath(taskId: string): string {
  return `sessions/${taskId}/merge.md`;
}

/**
 * Writes `merge.md`: what came of the merge of an accepted task, and why. A merge that still waits for the same thing leaves
 * the file as it is: it is the person's checkout that it would change, every other second.
 */
export function writeMerge(
  world: World,
  subject: MergeSubject,
  { verdict, reason, text, mergedAs = null, failure = null }: MergeOutcome,
): void {
  const session: Session = {
    path: mergePath(subject.taskId),
    taskId: subject.taskId,
    step: "merge",
    persona: null,
    personaSha: null,
    agent: null,
    model: null,
    slot: null,
    attempt: subject.attempt,
    runId: subject.runId,
    state: verdict === "checks-failed" ? "failed" : "done",
    verdict,
    failure: verdict === "checks-failed" ? "checks" : failure,
    reason,
    retries: 0,
    reworks: subject.conflicts,
    startedAt: subject.startedAt,
    finishedAt: world.clock(),
    exitCode: null,
    startSha: null,
    commitSha: subject.branchSha,
    mergedAs,
    costUsd: 0,
    tokens: null,
    toolCalls: 0,
    settingsBlob: subject.settingsBlob,
    pausedBoard: false,
  };
  if (isKnown(world, session, subject)) return noteVainMerge(world, subject.taskId);
  noteInContext(world, subject.taskId, describeEnd(`Merge of attempt ${subject.attempt}`, session));
  failpoint("apply.merge.before-session");
  writeSession(world, session, text, []);
  failpoint("apply.merge.after-session");
  forgetVainMerges(world, subject.taskId);
  if (verdict !== "waiting") forgetResults(world, subject.taskId);
}

// A record of an earlier stay in `done/` is history, whatever it says.
function isKnown(world: World, it: Session, { acceptedAt }: MergeSubject): boolean {
  if (it.verdict !== "waiting") return false;
  const bytes = readRegularFile(join(world.boardRoot, it.path));
  const known = bytes === null ? null : parseSession(it.path, it.taskId, bytes).session;
  if (known === null || (acceptedAt !== null && (known.finishedAt ?? 0) < acceptedAt)) return false;
  const facts = ["verdict", "reason", "attempt", "commitSha", "reworks", "failure"] as const;
  // It says with which settings it was tried.
  if (it.failure === "setup" && known.settingsBlob !== it.settingsBlob) return false;
  return facts.every((fact) => known[fact] === it[fact]);
}

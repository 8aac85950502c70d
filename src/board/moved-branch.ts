import { LOST, UNDONE } from "./landed.ts";
import { REVIEW_STEP } from "./review-claim.ts";
import type { Session } from "./session.ts";

/** How what is said of a branch begins that moved without a run of its task. */
export const MOVED = "its branch moved after its ";

/**
 * What is to be said of a branch that is at `tip`, of which no record of a task's runs speaks: its last checks had nothing to mend
 * at another commit, or another one was merged, so who accepted it may not have seen this one. Null: nothing.
 */
export function movedWords(sessions: readonly Session[], tip: string): string | null {
  const own = sessions.filter(({ step }) => step !== "merge" && step !== REVIEW_STEP);
  if (own.some(({ commitSha }) => commitSha === tip)) return null;
  const merge = sessions.find(({ step }) => step === "merge");
  // Merged and taken back, it begins anew with the same work.
  if ((merge?.verdict === LOST || merge?.verdict === UNDONE) && merge.commitSha === tip) return null;
  if (merge?.verdict === "merged") return wordsOf("merge: that was of", merge, tip);
  const [last] = own.filter(({ step }) => step === "checks").toSorted(byNewest);
  if (last?.state !== "done" || last.verdict === "must-fix") return null;
  return wordsOf("checks: they speak of", last, tip);
}

function wordsOf(what: string, { commitSha }: Session, tip: string): string | null {
  if (commitSha === null || commitSha === tip) return null;
  return `${MOVED}${what} ${commitSha.slice(0, 12)}, it is at ${tip.slice(0, 12)}`;
}

function byNewest(a: Session, b: Session): number {
  return b.attempt - a.attempt || (b.startedAt ?? 0) - (a.startedAt ?? 0);
}

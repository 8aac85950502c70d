import { LOST } from "./landed.ts";
import { REVIEW_STEP } from "./review-claim.ts";
import type { Session } from "./session.ts";

/** How what is said of a branch begins that moved after its checks. */
export const MOVED = "its branch moved after its checks";

/**
 * What is to be said of a branch that is at `tip`, of which no record of a task's runs speaks, while its last checks had nothing
 * to mend at another commit: who accepted it may have seen that one. Null: nothing.
 */
export function movedWords(sessions: readonly Session[], tip: string): string | null {
  const own = sessions.filter(({ step }) => step !== "merge" && step !== REVIEW_STEP);
  const [last] = own.filter(({ step }) => step === "checks").toSorted(byNewest);
  const seen = last?.commitSha ?? null;
  if (seen === null || last?.state !== "done" || last.verdict === "must-fix") return null;
  if (own.some(({ commitSha }) => commitSha === tip)) return null;
  // Merged and taken back, it begins anew with the same work. It may have followed another branch before that.
  const isUndone = sessions.some(({ step, verdict, commitSha, finishedAt }) => {
    if (step !== "merge") return false;
    if (verdict === LOST) return commitSha === tip;
    const isLater = (finishedAt ?? 0) > (last.finishedAt ?? 0);
    return verdict === "merged" && (commitSha === seen || isLater);
  });
  return isUndone ? null : `${MOVED}: they speak of ${seen.slice(0, 12)}, it is at ${tip.slice(0, 12)}`;
}

function byNewest(a: Session, b: Session): number {
  return b.attempt - a.attempt || (b.startedAt ?? 0) - (a.startedAt ?? 0);
}

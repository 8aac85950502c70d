import { REVIEW_STEP } from "./review-claim.ts";

const RECORDS: ReadonlySet<string> = new Set(["checks", "merge", "restack"]);

/** Whether a session file is the daemon's own record of what became of the work of others, as `checks` is: no work itself. */
export function isRecordStep(step: string): boolean {
  return RECORDS.has(step);
}

/** Whether a record tells of a conflict that somebody was, or is, to mend. */
export function isConflictRecord({ step, verdict }: { step: string; verdict: string | null }): boolean {
  return (step === "merge" && verdict === "conflict") || (step === "restack" && verdict === "to-mend");
}

/** Whether a step changes nothing that a task is about: a record of the daemon's, or the review in `for_review/`. */
export function isNoWork(step: string): boolean {
  return isRecordStep(step) || step === REVIEW_STEP;
}

import type { Session } from "../board/session.ts";
import type { ReviewFinding } from "../board/verdict-kind.ts";
import type { History } from "./history.ts";

/** What a review in `for_review/` is about: the tip of the task's branch (null: it has none), and whose work that is. */
export type Subject = {
  sha: string | null;
  /** Where the work that is reviewed came from: the record of its last step; null: no step's, a person's own. */
  work: Session | null;
};

/** Whether a record of a review speaks of this very tip; or, where there is none, of this very attempt. */
export function isAbout(record: Session, { sha, work }: Subject): boolean {
  const looked = record.commitSha ?? record.startSha;
  // One that could not begin looked at nothing.
  return sha === null || looked === null ? isOfAttempt(record, work) : looked === sha;
}

/** The attempts that a review rests upon, for its record. */
export function afterOf({ work }: Subject): Readonly<Record<string, number>> {
  return work === null ? {} : { [work.step]: work.attempt };
}

/** Whether a review asks for changes. */
export function isMustFix({ state, verdict }: Session): boolean {
  return state === "done" && verdict === "must-fix";
}

/** What has to be mended. */
export function mustFix({ findings = [] }: Session): readonly ReviewFinding[] {
  return findings.filter(({ severity }) => severity === "must-fix");
}

/** Whether the review of this attempt of a task with one step asked for changes. `work` null: there was no run before it. */
export function isSentBack({ review }: History, work: Session | null): boolean {
  return review !== null && isMustFix(review) && isOfAttempt(review, work);
}

function isOfAttempt({ after = {} }: Session, work: Session | null): boolean {
  return work === null ? Object.keys(after).length === 0 : after[work.step] === work.attempt;
}

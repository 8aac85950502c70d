const RECORDS: ReadonlySet<string> = new Set(["checks", "merge", "restack"]);

/** Whether a session file is the daemon's own record of what became of the work of others, as `checks` is: no work itself. */
export function isRecordStep(step: string): boolean {
  return RECORDS.has(step);
}

/** Whether a record tells of a conflict that somebody was, or is, to mend. */
export function isConflictRecord({ step, verdict }: { step: string; verdict: string | null }): boolean {
  return (step === "merge" && verdict === "conflict") || (step === "restack" && verdict === "to-mend");
}

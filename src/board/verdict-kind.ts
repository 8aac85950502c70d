/** What a step is asked for at the end of its message; each kind has verdicts and a schema of its own. */
export const VERDICTS = {
  router: ["direct-tool", "direct-workflow", "single-persona", "factory"],
  triage: ["change", "incident", "question", "review", "postmortem"],
  dispatcher: ["planned"],
  reviewer: ["clean", "must-fix"],
  reconciler: ["clean", "must-fix"],
  cycle: ["no-change", "changed", "must-fix"],
} as const satisfies Record<string, readonly string[]>;

export type VerdictKind = keyof typeof VERDICTS;

/** Who reviews speaks of one commit, and of no other. */
export const BOUND_TO_COMMIT: ReadonlySet<VerdictKind | null> = new Set(["reviewer", "reconciler"]);

export const SEVERITIES = ["must-fix", "should-fix", "note"] as const;

/** What a review found. */
export type ReviewFinding = {
  title: string;
  file: string | null;
  line: number | null;
  severity: (typeof SEVERITIES)[number];
  why: string;
  fix: string;
  /** Session files it comes from. */
  sources: readonly string[];
};

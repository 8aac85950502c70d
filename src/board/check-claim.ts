/** What a check can say of something that was claimed. */
type ClaimVerdict = "CONFIRMED" | "REFUTED" | "INCONCLUSIVE";

/** One thing that is claimed of a task's branch, and what looking at it came to. */
export type CheckClaim = {
  /** What is claimed, as a line: "it changes no refused path", "`npm test` succeeds". */
  what: string;
  verdict: ClaimVerdict;
  /** What was seen, as a line. */
  evidence: string;
  /** What is wrong, as a line. Absent: the claim with its evidence. */
  reason?: string;
  /** The end of what a command printed. Absent: nothing was run, or it printed nothing. */
  output?: string;
};

/** How the reason begins where a conflict is left in files that somebody was to mend; such a claim comes before all others. */
export const STILL_IN_CONFLICT = "still in conflict: ";

/** The claims that decide: those refuted; else those that could be neither confirmed nor refuted; else none. */
export function worstClaims(claims: readonly CheckClaim[]): readonly CheckClaim[] {
  const refuted = claims.filter(({ verdict }) => verdict === "REFUTED");
  return refuted.length > 0 ? refuted : claims.filter(({ verdict }) => verdict === "INCONCLUSIVE");
}

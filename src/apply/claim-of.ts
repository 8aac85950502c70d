import type { CheckClaim } from "../board/check-claim.ts";

/** A claim that was seen to be so. */
export function confirmed(what: string, evidence: string): CheckClaim {
  return { what, verdict: "CONFIRMED", evidence };
}

/** A claim that was seen not to be so. */
export function refuted(what: string, evidence: string): CheckClaim {
  return { what, verdict: "REFUTED", evidence };
}

/** A claim that could not be looked at. */
export function inconclusive(what: string, evidence: string): CheckClaim {
  return { what, verdict: "INCONCLUSIVE", evidence };
}

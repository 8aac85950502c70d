import type { Claim } from "../../board/claim.ts";
import type { Session } from "../../board/session.ts";
import { type Cost, costOf } from "../../board/session-cost.ts";

/** What the runs behind these claims have cost, as far as they are over. */
export function costOfClaims(sessions: readonly Session[], claims: readonly Claim[]): Cost {
  return costOf(sessionsOfClaims(sessions, claims));
}

/** The session files of the runs behind these claims that are over. */
export function sessionsOfClaims(sessions: readonly Session[], claims: readonly Claim[]): readonly Session[] {
  if (claims.length === 0) return [];
  return sessions.filter(({ step, attempt, state }) => {
    return state !== "running" && claims.some((it) => it.step === step && it.attempt === attempt);
  });
}

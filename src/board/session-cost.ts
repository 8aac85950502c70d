import type { Session } from "./session.ts";

/** What is known of the cost of a session's run, in US dollars: all of it, or the least that it may be. */
export function knownUsd({ costUsd, leastUsd = 0 }: Pick<Session, "costUsd" | "leastUsd">): number {
  return costUsd ?? leastUsd;
}

/** Money, and whether it is all there was. */
export type Cost = { usd: number; isWhole: boolean };

/** What the runs behind these sessions have cost together. */
export function costOf(sessions: readonly Session[]): Cost {
  const asked = sessions.filter(isOfAgent);
  return { usd: asked.reduce((sum, it) => sum + knownUsd(it), 0), isWhole: !asked.some(isCostUnknown) };
}

/** Whether an agent ran, for a persona or for skills alone; checks and merges are nobody's. */
export function isOfAgent({ persona, agent }: Pick<Session, "persona" | "agent">): boolean {
  return persona !== null || agent !== null;
}

/** Whether the run is over, asked a model perhaps, and nobody knows all that it cost. */
export function isCostUnknown(session: Session): boolean {
  return session.costUsd === null && session.finishedAt !== null && isOfAgent(session);
}

/** How many runs of unknown cost these sessions speak of, with those that had the same files before. */
export function countUnknownCosts(sessions: readonly Session[]): number {
  return sessions.reduce((sum, it) => sum + (it.earlierUnknown ?? 0) + (isCostUnknown(it) ? 1 : 0), 0);
}

/**
 * Money for people, where not all is known: `0.90 USD and 1 run of unknown cost`. Unknown is never said as nothing: with no
 * dollar known it is the runs alone.
 */
export function describeSpent(known: string | null, unknownCount: number): string | null {
  if (unknownCount === 0) return known;
  const runs = `${unknownCount} ${unknownCount === 1 ? "run" : "runs"} of unknown cost`;
  return known === null ? runs : `${known} and ${runs}`;
}

import type { Session } from "./session.ts";

/** What loses its supervisor this often in a row waits for a person. */
export const LOSS_LIMIT = 3;

/** How often in a row what this session tells of lost its supervisor, as the session says it. */
export function lossesOf({ reason }: Pick<Session, "reason">): number {
  const match = /^lost\b(?: (\d+))?/.exec(reason ?? "");
  return match === null ? 0 : Number(match[1] ?? 1);
}

/** The reason of a run that was lost, with the count that `lossesOf` reads. */
export function lossReason(losses: number): string {
  return `lost ${losses}: its supervisor is gone and left no record of the end`;
}

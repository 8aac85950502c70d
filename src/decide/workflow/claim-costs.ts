import type { Claim } from "../../board/claim.ts";
import type { Records } from "./node.ts";

/** What the runs behind these claims have cost, each as far as its session file knows. */
export function costsOfClaims({ records }: { records: Records }, claims: readonly Claim[]): readonly number[] {
  return claims.flatMap(({ step, attempt }) => {
    const record = records.get(step);
    return record?.attempt === attempt && record.state !== "running" && record.costUsd !== null ? [record.costUsd] : [];
  });
}

/** Their sum, in US dollars; what is unknown is left out. */
export function costOfClaims(steps: { records: Records }, claims: readonly Claim[]): number {
  return costsOfClaims(steps, claims).reduce((sum, it) => sum + it, 0);
}

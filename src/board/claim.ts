/** That a slot is given to one attempt of one step of a task. */
export type Claim = { step: string; attempt: number; slot: string };

const CLAIM = /^([A-Za-z0-9_.-]+)\/([1-9]\d*)@([A-Za-z0-9][A-Za-z0-9_-]*)$/;

/**
 * Reads what `assigned` says of a task with several steps: `scope/1@A, design/1@B`. Empty for the bare slot of a task with
 * one step, and for anything else that only a person can have written.
 */
export function parseClaims(assigned: string | null): readonly Claim[] {
  if (assigned === null) return [];
  const claims: Claim[] = [];
  for (const part of assigned.split(",")) {
    const [, step, attempt, slot] = CLAIM.exec(part.trim()) ?? [];
    if (step === undefined || slot === undefined) return [];
    claims.push({ step, attempt: Number(attempt), slot });
  }
  return claims;
}

/** What `assigned` is to say; null when nothing is claimed. */
export function formatClaims(claims: readonly Claim[]): string | null {
  if (claims.length === 0) return null;
  return claims.map(({ step, attempt, slot }) => `${step}/${attempt}@${slot}`).join(", ");
}

/** The slots that `assigned` names, of a task with one step or with several. */
export function slotsOfAssigned(assigned: string | null): readonly string[] {
  if (assigned === null) return [];
  const claims = parseClaims(assigned);
  return claims.length === 0 ? [assigned] : claims.map(({ slot }) => slot);
}

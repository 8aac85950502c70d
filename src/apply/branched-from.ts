import { isNoWork } from "../board/record-steps.ts";
import type { Session } from "../board/session.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { baseRefOf, type World } from "./world.ts";

/** Where a branch that is at `tip`, and of which `earlier` attempts tell, left the base; null when nobody wrote it down. */
export async function branchStart(world: World, tip: string, earlier: readonly Session[]): Promise<string | null> {
  const known = branchedFromOf(earlier);
  if (workOf(earlier).length === 0 || known === tip) return tip;
  const base = await resolveRef(world.codeRepo, baseRefOf(world));
  // A branch without a commit of its own was made anew.
  return base !== null && (await isAncestor(world.codeRepo, tip, base)) ? tip : known;
}

/**
 * What the newest attempt says of where its branch left the base. `tip`: of those whose work ended there, if there are any:
 * the cycles of a round-robin left it each at a place of its own.
 */
export function branchedFromOf(sessions: readonly Session[], tip: string | null = null): string | null {
  const own = sessions.filter(({ commitSha, branchedFrom }) => commitSha === tip && branchedFrom != null);
  if (tip !== null && own.length > 0) return branchedFromOf(own);
  return workOf(sessions).toSorted((a, b) => b.attempt - a.attempt)[0]?.branchedFrom ?? null;
}

function workOf(sessions: readonly Session[]): Session[] {
  // Reviews in `for_review/` count their attempts for themselves.
  return sessions.filter(({ step }) => !isNoWork(step));
}

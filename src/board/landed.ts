/**
 * The ref that stands at a commit of the base of which everything is known: what was merged up to there, and that none of it was
 * taken back. It keeps that history, too, should the base be moved away from it.
 */
export const LANDED_REF = "refs/kanband/landed";

/** What `merge.md` says, as its verdict, of a merge that the base does not hold any more. */
export const LOST = "lost";

/**
 * The same of one that `kanband undo` took back; its commit is the tip with which the branch began anew. `restack.md` says it of a
 * branch that does not follow those below it any more, and names the tip that it is back at.
 */
export const UNDONE = "undone";

/** What is said of a lost merge, for people. `revertedBy`: the commit that takes it back; null: the base was moved away from it. */
export function lossWords({ sha, revertedBy }: { sha: string; revertedBy: string | null }, base: string): string {
  const merge = `its merge ${sha.slice(0, 12)}`;
  return revertedBy === null
    ? `${merge} is not on ${base} any more`
    : `${merge} was reverted on ${base} by ${revertedBy.slice(0, 12)}`;
}

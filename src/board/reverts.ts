/**
 * How a line begins, as a basic regular expression, that every message of `git revert` has; `git merge --squash` sets it in. A
 * forge that reverts by a pull request of its own names no commit.
 */
export const REVERTS = "[ \t]*This reverts commit ";

/** The commits that a message says it takes back, by their ids, which may be cut short. */
export function revertsIn(message: string): string[] {
  return [...message.matchAll(/^[ \t]*This reverts commit ([0-9a-f]{7,64})\b/gm)].map((it) => it[1] ?? "");
}

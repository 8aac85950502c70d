import type { GitPlace } from "./profile.ts";
import { git } from "./run.ts";

/** An entry of an index. `isLeftOut`: git is told that it is not in the working tree; `isTrusted`: that nobody changes it. */
export type Tagged = { mode: string; sha: string; isLeftOut: boolean; isTrusted: boolean };

/**
 * Every entry of an index that is not in the midst of a conflict, with what makes git look away from it, by path. Code:
 * GIT_FAILED.
 */
export async function readTagged(
  place: GitPlace,
  env: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, Tagged>> {
  return parseTagged(await git(place, ["ls-files", "-z", "-v", "--stage"], { env }));
}

/** What `git ls-files -z -v --stage` printed. */
export function parseTagged(text: string): Map<string, Tagged> {
  const entries = new Map<string, Tagged>();
  for (const line of text.split("\0")) {
    const [, tag = "", mode = "", sha = "", path = ""] = /^(\w) (\d+) ([0-9a-f]+) 0\t([\s\S]+)$/.exec(line) ?? [];
    if (path === "") continue;
    const isLeftOut = tag.toUpperCase() === "S";
    entries.set(path, { mode, sha, isLeftOut, isTrusted: tag !== tag.toUpperCase() });
  }
  return entries;
}

/** A path that git is told not to look at, and the flag that tells it so. */
export type Hidden = { path: string; flag: "skip-worktree" | "assume-unchanged" };

/** Those of these paths that git is told not to look at. */
export function hiddenOf(entries: ReadonlyMap<string, Tagged>, paths: readonly string[]): Hidden[] {
  return paths.flatMap((path): Hidden[] => {
    const entry = entries.get(path);
    if (entry?.isLeftOut === true) return [{ path, flag: "skip-worktree" }];
    return entry?.isTrusted === true ? [{ path, flag: "assume-unchanged" }] : [];
  });
}

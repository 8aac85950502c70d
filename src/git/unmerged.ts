import type { GitPlace } from "./profile.ts";
import { git } from "./run.ts";

/** The paths of an index that are in the midst of a conflict: with one of them git moves no file. Code: GIT_FAILED. */
export async function listUnmerged(place: GitPlace, env: Readonly<Record<string, string>>): Promise<string[]> {
  const text = await git(place, ["ls-files", "-u", "-z"], { env });
  return [...new Set(text.split("\0").flatMap((line) => line.split("\t").slice(1).join("\t") || []))];
}

/** How a place is said to wait for somebody to resolve these. */
export function describeConflict({ top }: GitPlace, paths: readonly string[]): string {
  return `(a conflict is in progress in ${top}: ${paths.join(", ")})`;
}

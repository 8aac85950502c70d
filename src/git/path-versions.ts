import { checkRevision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";

/** One version of a file: the blob that a commit put at a path. */
export type PathVersion = { path: string; sha: string };

/**
 * Every version that files below a folder have had, the newest first, each once. One process, whatever there is; paths are
 * relative to the top of the working tree. Code: GIT_FAILED.
 */
export async function listVersions(
  repo: Repository,
  { ref, folder }: { ref: string; folder: string },
): Promise<PathVersion[]> {
  const args = ["log", "-z", "--format=", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=AM"];
  const text = await git(repo, [...args, checkRevision(ref), "--", `:(top,literal)${folder}`]);
  const parts = text.split("\0").filter((it) => it !== "");
  const versions = new Map<string, PathVersion>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const sha = /^\n?:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [AM]$/.exec(parts[at] ?? "")?.[1];
    const path = parts[at + 1] ?? "";
    const key = `${sha ?? ""} ${path}`;
    if (sha !== undefined && !versions.has(key)) versions.set(key, { path, sha });
  }
  return [...versions.values()];
}

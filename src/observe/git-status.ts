import type { Repository } from "../git/repository.ts";
import { gitWithInput } from "../git/run.ts";

/**
 * The paths under these folders that differ from what is committed, new ones included; null when git could not say. One
 * process, at start: it lets the many files that nobody needs stay unread.
 */
export async function readDirtyPaths(
  repo: Repository,
  folders: readonly string[],
): Promise<ReadonlySet<string> | null> {
  const args = ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--", ...folders];
  try {
    const { stdout } = await gitWithInput(repo, args, "", { env: { GIT_LITERAL_PATHSPECS: "1" } });
    return new Set(stdout.split("\0").flatMap((it) => (it.length > 3 ? [it.slice(3)] : [])));
  } catch {
    return null;
  }
}

import type { Repository } from "../git/repository.ts";
import { gitWithInput } from "../git/run.ts";
import { safeEnvironment } from "../git/safe-config.ts";

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
    // Git looks into files that are as young as the index, through their filters.
    const env = { ...(await safeEnvironment(repo)), GIT_LITERAL_PATHSPECS: "1" };
    const { stdout } = await gitWithInput(repo, args, "", { env });
    return new Set(stdout.split("\0").flatMap((it) => (it.length > 3 ? [it.slice(3)] : [])));
  } catch {
    return null;
  }
}

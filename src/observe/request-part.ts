import { parsePullRequest } from "../board/pull-request.ts";
import type { Task } from "../board/task.ts";
import { isPreserved } from "../git/preserve-ref.ts";
import type { Repository } from "../git/repository.ts";

/**
 * The commit in which a forge has the work of a branch, as the key `pr` says; null: it says none, or of another tip. It was
 * written when that tip was preserved, so what came to the branch since then is not covered. Starts no process.
 */
export function landingOfRequest(
  repo: Repository,
  { id, tip, task }: { id: string; tip: string; task: Pick<Task, "pr"> | null },
): string | null {
  const landing = parsePullRequest(task?.pr ?? null)?.landedAs ?? null;
  return landing !== null && isPreserved(repo, { id, sha: tip }) ? landing : null;
}

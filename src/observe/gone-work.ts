import type { Session } from "../board/session.ts";
import type { TaskView } from "../decide/snapshot.ts";
import { isInBase } from "../git/branches.ts";
import type { Repository } from "../git/repository.ts";

export type GoneFacts = {
  baseSha: string | null;
  hasBranch: (id: string) => boolean;
  sessionsOf: (id: string) => readonly Session[];
  /** The commit with which this tip came into the base, as its record says. */
  mergedAs: (id: string, tip: string) => string | null;
};

/**
 * The last commit of the work of accepted tasks that have no branch any more, by task, where the base does not hold it: whoever
 * takes these for done has nothing on the base.
 */
export async function readGoneWork(
  repo: Repository,
  views: Iterable<TaskView>,
  { baseSha, hasBranch, sessionsOf, mergedAs }: GoneFacts,
): Promise<Map<string, string>> {
  const gone = new Map<string, string>();
  for (const { id, lane, task } of views) {
    // What is closed has neither key.
    if (lane !== "done" || (task?.attempt ?? task?.branch ?? null) === null || hasBranch(id)) continue;
    const tip = lastTip(sessionsOf(id));
    if (tip === null || baseSha === null) continue;
    if (!(await isInBase(repo, baseSha, [tip, mergedAs(id, tip)]))) gone.set(id, tip);
  }
  return gone;
}

/** Where its branch was last, as the records of its work say. */
function lastTip(sessions: readonly Session[]): string | null {
  const known = sessions.filter(({ commitSha, startSha }) => commitSha !== null && commitSha !== startSha);
  return known.toSorted((a, b) => (b.finishedAt ?? 0) - (a.finishedAt ?? 0))[0]?.commitSha ?? null;
}

import type { Snapshot } from "../decide/snapshot.ts";
import { cycleOfStep } from "../decide/workflow/cycle-facts.ts";
import { countCommits } from "../git/branches.ts";
import type { Board } from "../observe/open-board.ts";

/** How many commits the branch of each cycle of a task has beyond where the cycle began. Code: GIT_FAILED. */
export async function countCycleCommits(
  { codeRepo }: Pick<Board, "codeRepo">,
  { sessions, cycles }: Snapshot,
  taskId: string,
): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for (const { step, startSha } of sessions.get(taskId) ?? []) {
    const cycle = cycleOfStep(step);
    const branch = cycle === null ? undefined : cycles.get(taskId)?.get(cycle);
    if (cycle === null || branch === undefined || startSha === null) continue;
    counts.set(cycle, await countCommits(codeRepo, startSha, branch.sha));
  }
  return counts;
}

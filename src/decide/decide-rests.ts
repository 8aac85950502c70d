import { type Board, restKey } from "./board-index.ts";
import { formatSecond } from "./instant.ts";
import { oneLine } from "./one-line.ts";
import { partOf } from "./part-of.ts";
import { lookAgain, type Plan } from "./plan.ts";
import type { JobView } from "./snapshot.ts";

/** Takes back what failed a moment ago for a reason nobody foresaw, until its rest is over, and says so. */
export function decideRests(board: Board, plan: Plan): void {
  const resting = new Map<string, JobView[]>();
  plan.effects = plan.effects.filter((effect) => {
    const taskId = effect.kind === "warm" ? null : effect.taskId;
    const job = board.resting.get(restKey(effect.kind, taskId, partOf(effect)));
    if (job === undefined) return true;
    if (taskId !== null) resting.set(taskId, [...(resting.get(taskId) ?? []), job]);
    return false;
  });
  for (const [taskId, jobs] of resting) plan.waiting.set(taskId, jobs.map(restLine).join("; "));
  for (const { retryAt } of board.resting.values()) lookAgain(plan, board.now, retryAt);
}

/** What failed, and when it is tried again, in one line. */
export function restLine({ kind, of = "", problem, retryAt }: JobView): string {
  const when = retryAt === null ? "" : `; tried again at ${formatSecond(retryAt)}`;
  const what = of === "" ? kind : `${kind} of ${of}`;
  return oneLine(`${what} failed: ${problem ?? "the log says more"}`, 250) + when;
}

import { type Board, restKey } from "./board-index.ts";
import { formatSecond } from "./instant.ts";
import { oneLine } from "./one-line.ts";
import { partOf } from "./part-of.ts";
import { lookAgain, type Plan } from "./plan.ts";
import type { JobView } from "./snapshot.ts";

/** Takes back what failed a moment ago for a reason nobody foresaw, until its rest is over, and says so. */
export function decideRests(board: Board, plan: Plan): void {
  plan.effects = plan.effects.filter((effect) => {
    const taskId = effect.kind === "warm" ? null : effect.taskId;
    const resting = board.resting.get(restKey(effect.kind, taskId, partOf(effect)));
    if (resting === undefined) return true;
    if (taskId !== null) plan.waiting.set(taskId, restLine(resting));
    return false;
  });
  for (const { retryAt } of board.resting.values()) lookAgain(plan, board.now, retryAt);
}

/** What failed, and when it is tried again, in one line. */
export function restLine({ kind, problem, retryAt }: JobView): string {
  const when = retryAt === null ? "" : `; tried again at ${formatSecond(retryAt)}`;
  return oneLine(`${kind} failed: ${problem ?? "the log says more"}`, 250) + when;
}

import { lossReason } from "../board/losses.ts";
import type { Session } from "../board/session.ts";
import { failpoint } from "../files/failpoint.ts";
import { type Found, formatChecks } from "./checks-report.ts";
import { attemptOf, describeEnd, noteInContext } from "./context.ts";
import type { RunFacts } from "./run-facts.ts";
import { runningSession, writeSession } from "./session-record.ts";
import type { World } from "./world.ts";

/**
 * Writes `checks.md` with its verdict. `setupFailure`: why the commands could not be run; `losses`: how often they were cut
 * off.
 */
export function writeChecks(
  world: World,
  facts: RunFacts,
  runId: string,
  found: Found & { setupFailure?: string; losses?: number; exitCode?: number | null },
): void {
  const { reason, verdict, text } = formatChecks(facts, found);
  const setup = found.setupFailure ?? null;
  const lost = found.losses === undefined ? null : lossReason(found.losses);
  const hasVerdict = setup === null && lost === null;
  const isOver = hasVerdict && verdict !== "must-fix";
  const session: Session = {
    ...runningSession(facts, runId),
    ...(facts.unit === undefined ? {} : { of: facts.unit }),
    state: isOver ? "done" : "failed",
    verdict: hasVerdict ? verdict : null,
    failure: lost !== null ? "stopped" : setup !== null ? "setup" : isOver ? null : "checks",
    reason: lost ?? setup ?? reason,
    finishedAt: world.clock(),
    exitCode: found.exitCode ?? null,
    commitSha: facts.startSha,
    costUsd: 0,
  };
  noteInContext(world, facts.taskId, describeEnd(`Checks of attempt ${attemptOf(facts)}`, session));
  failpoint("apply.check.before-session");
  // Whatever was found is found again; the verdict is committed, and so synced, with the hand-over of the task.
  writeSession(world, session, text, [], {
    isRepeatable: hasVerdict && found.results.every(({ state }) => state === "not run"),
  });
  failpoint("apply.check.after-session");
}

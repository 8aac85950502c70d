import { LOSS_LIMIT, lossesOf } from "../board/losses.ts";
import type { Session } from "../board/session.ts";
import { isSilence } from "../board/silence.ts";
import type { ReadableView } from "./board-index.ts";
import { spentFigures } from "./budgets.ts";
import { agentChain, chooseAgent } from "./choose-agent.ts";
import { checksOf, type History, isRefuted, leftInConflict, openQuestion } from "./history.ts";
import { failedLine } from "./retry.ts";
import type { Starts } from "./starts.ts";
import { stepsOf } from "./steps-of.ts";

/** What comes next for a claimed task without a run. */
export type NextMove =
  | { kind: "launch" }
  | { kind: "check" }
  /** `why`: what its checks left open; null: nothing. */
  | { kind: "review"; why: string | null }
  /** The next attempt in the same slot, at once. */
  | { kind: "again"; why: string }
  /** The slot is given up; the task is tried again later. */
  | { kind: "later"; why: string }
  | { kind: "block"; reason: string };

/** Reads from the session files of the claimed attempt how far it came. */
export function afterRun(view: ReadableView, history: History, attempt: number, starts: Starts): NextMove {
  const session = history.step;
  // A session that says `running` without a run was begun and never started, or the record of its run is gone.
  if (session === null || session.attempt !== attempt || session.state === "running") return { kind: "launch" };
  if (session.state === "done") return afterWork(session, history, starts);
  if (session.state === "stopped" || session.failure === "stopped") return afterStop(session);
  return afterFailure(view, session, starts);
}

function afterWork(session: Session, history: History, { board }: Starts): NextMove {
  if (session.verdict === "decision") return { kind: "block", reason: `asks: ${session.question ?? "for a decision"}` };
  const checks = checksOf(history, session.attempt);
  if (checks === null) return { kind: "check" };
  if (!isRefuted(checks)) return { kind: "review", why: openQuestion(checks) };
  const losses = lossesOf(checks);
  if (losses >= LOSS_LIMIT) return { kind: "block", reason: `its checks were lost ${losses} times in a row` };
  if (checks.failure === "stopped") return { kind: "check" };
  const reason = checks.reason ?? "must-fix";
  if (checks.failure === "setup") return { kind: "block", reason: `the checks could not run: ${reason}` };
  const left = leftInConflict(history, checks);
  return left === null ? rework(session, reason, board.settings.rework.limit) : { kind: "block", reason: left };
}

function rework(session: Session, reason: string, limit: number): NextMove {
  if (session.reworks < limit) return { kind: "again", why: `checks failed: ${reason}` };
  return { kind: "block", reason: `checks failed after ${session.reworks} reworks: ${reason}` };
}

function afterStop(session: Session): NextMove {
  const losses = lossesOf(session);
  const why = session.reason ?? "stopped";
  return losses >= LOSS_LIMIT
    ? { kind: "block", reason: `lost ${losses} times in a row: ${why}` }
    : { kind: "again", why };
}

function afterFailure(view: ReadableView, session: Session, starts: Starts): NextMove {
  const reason = session.reason ?? "the agent failed";
  const { retry, rework: reworkSettings } = starts.board.settings;
  switch (session.failure) {
    case "setup":
      return nextAgent(view, session, starts, { kind: "block", reason });
    case "overloaded":
      if (isSilence(session) && session.retries >= retry.limit) return { kind: "block", reason: failedLine(session) };
      return nextAgent(view, session, starts, { kind: "later", why: reason });
    case "budget":
      return { kind: "block", reason: `${reason}; ${spentFigures(view, starts.board)}` };
    case "checks":
      return rework(session, reason, reworkSettings.limit);
    case "agent":
    case "stopped":
    case null:
      if (session.retries < retry.limit) return { kind: "later", why: reason };
      return { kind: "block", reason: failedLine(session) };
  }
}

function nextAgent(view: ReadableView, session: Session, starts: Starts, otherwise: NextMove): NextMove {
  const { board, parked } = starts;
  if (session.agent === null) return otherwise;
  const steps = stepsOf(view.task, board);
  const slot = board.settings.slots.find(({ name }) => name === view.task.assigned);
  if (slot === undefined || "problem" in steps) return otherwise;
  const choice = chooseAgent(
    agentChain(view.task, steps.steps[0].persona, slot, board),
    // One whose provider refuses is parked; when all are, the first that is back goes on.
    session.failure === "overloaded" ? null : session,
    board,
    parked,
    slot,
  );
  return "agent" in choice ? { kind: "again", why: `next agent ${choice.agent}: ${session.reason ?? ""}` } : otherwise;
}

import { LOSS_LIMIT, lossesOf } from "../../board/losses.ts";
import type { Session } from "../../board/session.ts";
import { isSilence } from "../../board/silence.ts";
import { checksOf, isRefuted, leftInConflict } from "../history.ts";
import { failedLine, retryAt } from "../retry.ts";
import type { Node } from "./node.ts";
import type { Situation, StepState } from "./situation.ts";
import { askedAttempt, historyOfStep, startOf, VERDICT_REASKS } from "./start.ts";

/** What becomes of a step whose run is over. A person who asks again opens what is closed. */
export function afterResult(node: Node, record: Session, situation: Situation): StepState {
  const state = resultOf(node, record, situation);
  if (!situation.isAsked || state.kind === "done" || state.kind === "check") return state;
  return { kind: "ready", start: startOf(node, askedAttempt(node, situation), situation) };
}

function resultOf(node: Node, record: Session, situation: Situation): StepState {
  if (record.state === "done") return afterWork(node, record, situation);
  if (record.state === "stopped" || record.failure === "stopped") return afterStop(node, record, situation);
  if (record.state === "running") return again(node, record.attempt, situation);
  return afterFailure(node, record, situation);
}

function afterWork(node: Node, record: Session, situation: Situation): StepState {
  if (record.verdict === "decision") return blocked(node, `asks: ${record.question ?? "for a decision"}`);
  // A cycle may well change nothing, and most of what it changes is never merged: the merge checks what is.
  if (node.mutates && node.cycle === null) {
    const checked = afterChecks(node, record, situation);
    if (checked !== null) return checked;
  }
  return { kind: "done", session: record, verdict: record.verdict };
}

/** Null: its work is checked and clean. */
function afterChecks(node: Node, record: Session, situation: Situation): StepState | null {
  const looked = situation.records.get("checks");
  // Checked before the next step began, and looked at again with that one's work, whose step sees to it.
  if (looked?.after?.[node.id] === record.attempt && looked.of !== node.id) return null;
  const history = historyOfStep(node, situation);
  const checks = checksOf(history, record.attempt);
  if (checks === null) return { kind: "check", attempt: record.attempt };
  if (!isRefuted(checks)) return null;
  const losses = lossesOf(checks);
  if (losses >= LOSS_LIMIT) return blocked(node, `its checks were lost ${losses} times in a row`);
  if (checks.failure === "stopped") return { kind: "check", attempt: record.attempt };
  const reason = checks.reason ?? "must-fix";
  if (checks.failure === "setup") return blocked(node, `the checks could not run: ${reason}`);
  const left = leftInConflict({ ...history, merge: situation.records.get("merge") ?? null }, checks);
  if (left !== null) return blocked(node, left);
  if (record.reworks < situation.settings.rework.limit) return again(node, record.attempt + 1, situation);
  return blocked(node, `checks failed after ${record.reworks} reworks: ${reason}`);
}

function afterStop(node: Node, record: Session, situation: Situation): StepState {
  const losses = lossesOf(record);
  if (losses < LOSS_LIMIT) return again(node, record.attempt + 1, situation);
  return blocked(node, `lost ${losses} times in a row: ${record.reason ?? "stopped"}`);
}

function afterFailure(node: Node, record: Session, situation: Situation): StepState {
  const reason = record.reason ?? "the agent failed";
  const { retry } = situation.settings;
  switch (record.failure) {
    case "setup":
      // What the daemon does by itself has no other agent: only a person can mend what is wrong with it.
      if (node.step.action !== null) return blocked(node, `cannot run: ${reason}`);
      return situation.hasNextAgent(node, record) ? again(node, record.attempt + 1, situation) : blocked(node, reason);
    case "overloaded":
      if (isSilence(record) && record.retries >= retry.limit) return blocked(node, failedLine(record));
      return again(node, record.attempt + 1, situation);
    case "budget":
      return blocked(node, reason);
    case "checks":
      return record.reworks < VERDICT_REASKS ? again(node, record.attempt + 1, situation) : blocked(node, reason);
    case "agent":
    case "stopped":
    case null: {
      if (record.retries >= retry.limit) return blocked(node, failedLine(record));
      const start = startOf(node, record.attempt + 1, situation);
      const at = retryAt(record, situation.settings);
      const why = `retry ${record.retries + 1} of ${retry.limit}`;
      return at > situation.now ? { kind: "later", at, start, why: `${why}: ${reason}` } : { kind: "ready", start };
    }
  }
}

function again(node: Node, attempt: number, situation: Situation): StepState {
  return { kind: "ready", start: startOf(node, attempt, situation) };
}

function blocked({ id }: Node, reason: string): StepState {
  return { kind: "blocked", reason: `step ${id} ${reason}` };
}

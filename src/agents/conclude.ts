import type { FailureClass } from "../board/session.ts";
import type { Conclusion, RunFacts, Trouble } from "./adapter.ts";
import { cannotResume, classOfMessage } from "./failure-class.ts";
import { parseResetTime } from "./reset-time.ts";
import { cutMiddle } from "./summarise.ts";

const REASON_LENGTH = 200;

/**
 * What every agent's end has in common: null when the program ended by itself, with 0, and reported no error. Order matters:
 * a run that was to stop failed in no other way, and a cap explains the signal that followed it.
 */
export function concludeFailure(facts: RunFacts): Extract<Conclusion, { state: "failed" }> | null {
  const { cause, exitCode, signal, summary, stderrTail } = facts;
  if (facts.wasStopped || cause === "stop") return failed(facts, "stopped", "stopped");
  if (cause === "setup") return failed(facts, "setup", withLastLine(`setup failed with exit ${exitCode}`, stderrTail));
  if (cause === "spawn") return failed(facts, "setup", withLastLine("the program was not found", stderrTail));
  if (cause === "wall") {
    return summary.retrying === null
      ? failed(facts, "agent", "ran longer than its time limit")
      : troubled(facts, summary.retrying, "at its time limit it still ");
  }
  if (cause === "output") return failed(facts, "agent", "printed more than its output limit");
  if (summary.error !== null) return troubled(facts, summary.error);
  if (summary.retrying !== null && (signal !== null || exitCode !== 0)) {
    return troubled(facts, summary.retrying, `ended by ${signal ?? `exit ${exitCode ?? "unknown"}`} while it `);
  }
  if (signal !== null) return failed(facts, "agent", withLastLine(`ended by ${signal}`, lastWords(facts)));
  if (exitCode !== 0) return failed(facts, "agent", withLastLine(`exit ${exitCode ?? "unknown"}`, lastWords(facts)));
  if (summary.result?.isError === true) {
    return failed(facts, "agent", withLastLine("ended with an error", saidOf(facts)));
  }
  return null;
}

/**
 * For agents that say when they are done: it takes an exit with 0, a good final event and an answer. One that did not exit
 * after that event, so that its time ran out, is done all the same. One that ended with an error before it began a
 * conversation could not be started as it should be, and another try would do no better.
 */
export function concludeWithResult(facts: RunFacts): Conclusion {
  const failure = hasLingered(facts) ? null : concludeFailure(facts);
  if (failure === null) {
    if (facts.summary.result === null)
      return failed(facts, "agent", withLastLine("ended without a result", facts.stderrTail));
    const message = messageOf(facts);
    return message.trim() === "" ? failed(facts, "agent", "ended without an answer") : { state: "done", message };
  }
  const { sessionId, error, result } = facts.summary;
  const isUnstarted = sessionId === null && error === null && result === null;
  const isExit = facts.cause === "exit" && facts.signal === null && (facts.exitCode ?? 0) !== 0;
  if (failure.failure !== "agent" || !isUnstarted || !isExit) return failure;
  if (cannotResume(facts.stderrTail)) return { ...failure, reason: "the conversation to go on with is gone" };
  const known = classOfMessage(facts.stderrTail);
  return { ...failure, failure: known === "agent" ? "setup" : known };
}

function hasLingered({ cause, wasStopped, summary: { isOver, result, error } }: RunFacts): boolean {
  return cause === "wall" && !wasStopped && isOver && result?.isError === false && error === null;
}

/** The answer: the result where one came, else what was said. */
export function messageOf({ summary }: RunFacts): string {
  return cutMiddle(summary.result?.text ?? summary.answer).trimEnd();
}

/** A failure of this class, with what was said until then. */
export function failed(
  facts: RunFacts,
  failure: FailureClass,
  reason: string,
  resetAt: number | null = null,
): Extract<Conclusion, { state: "failed" }> {
  return { state: "failed", failure, reason, message: saidOf(facts), resetAt };
}

/** Those that got no further than a tool still have said something before it. */
function saidOf(facts: RunFacts): string {
  return messageOf(facts) || cutMiddle(facts.summary.interim).trimEnd();
}

function troubled(facts: RunFacts, trouble: Trouble, before = ""): Extract<Conclusion, { state: "failed" }> {
  // Some print the time beside the error that they report.
  const texts = trouble.class === "overloaded" ? [trouble.message, facts.stderrTail] : [];
  const told = texts.map((it) => parseResetTime(it, facts.endedAt ?? null)).find((it) => it !== null) ?? null;
  const resetAt = trouble.resetAt ?? told;
  return failed(facts, trouble.class, oneLine(before + trouble.message), resetAt);
}

/** A program says why it fails on standard error, or else with the last thing it printed. */
function lastWords(facts: RunFacts): string {
  return facts.stderrTail.trim() === "" ? saidOf(facts) : facts.stderrTail;
}

function withLastLine(what: string, text: string): string {
  const last = text.split("\n").findLast((line) => line.trim() !== "");
  return last === undefined ? what : oneLine(`${what}: ${last}`);
}

/** Fit for a line of front matter: no control characters, bounded. */
function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  return line.length > REASON_LENGTH ? `${line.slice(0, REASON_LENGTH - 1)}…` : line;
}

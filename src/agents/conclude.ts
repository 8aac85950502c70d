import type { FailureClass } from "../board/session.ts";
import type { Conclusion, RunFacts } from "./adapter.ts";
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
  if (cause === "wall") return failed(facts, "agent", "ran longer than its time limit");
  if (cause === "output") return failed(facts, "agent", "printed more than its output limit");
  if (summary.error !== null)
    return failed(facts, summary.error.class, oneLine(summary.error.message), summary.error.resetAt);
  if (signal !== null) return failed(facts, "agent", withLastLine(`ended by ${signal}`, lastWords(facts)));
  if (exitCode !== 0) return failed(facts, "agent", withLastLine(`exit ${exitCode ?? "unknown"}`, lastWords(facts)));
  if (summary.result?.isError === true) {
    return failed(facts, "agent", withLastLine("ended with an error", messageOf(facts)));
  }
  return null;
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
  return { state: "failed", failure, reason, message: messageOf(facts), resetAt };
}

/** A program says why it fails on standard error, or else with the last thing it printed. */
function lastWords(facts: RunFacts): string {
  return facts.stderrTail.trim() === "" ? messageOf(facts) : facts.stderrTail;
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

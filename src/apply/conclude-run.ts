import type { AgentAdapter } from "../agents/adapter.ts";
import { lossReason } from "../board/losses.ts";
import type { FailureClass, SessionState } from "../board/session.ts";
import { silentReason } from "../board/silence.ts";
import type { RunExit, RunRecord } from "../process/read-runs.ts";
import type { RunFacts } from "./run-facts.ts";

export type Conclusion = {
  state: Exclude<SessionState, "running">;
  failure: FailureClass | null;
  /** One line, the same for the same failure: equal lines on three tasks in a row pause the board. */
  reason: string | null;
  /** What the persona said, whole. */
  message: string;
  /** When the provider will answer again, if it said so. */
  resetAt: number | null;
};

/**
 * What a run came to. What the daemon did to it goes before what the agent's own exit says: a run that a person stopped
 * did not fail, one that reached a cap did, whatever its last words were.
 */
export function concludeRun(
  run: Pick<RunRecord, "state" | "stop"> &
    Partial<Pick<RunRecord, "startedAt">> & { exit?: Pick<RunExit, "cause"> | null },
  facts: Pick<RunFacts, "caps" | "losses">,
  said: Said,
): Conclusion {
  const { message } = said.ofAgent;
  const resetAt = said.ofAgent.state === "failed" ? said.ofAgent.resetAt : null;
  if (run.stop !== null) {
    const elapsedMs = run.stop.requestedAt - (run.startedAt ?? 0);
    return { ...afterStop(run.stop.reason, facts, said, elapsedMs), message };
  }
  if (run.state === "lost") {
    const reason = lossReason(facts.losses + 1);
    return { state: "stopped", failure: "stopped", reason, message, resetAt: null };
  }
  // While no daemon was there, the supervisor kept the caps: the same end, in the same words.
  const cap = run.exit?.cause === "wall" ? "timeout" : run.exit?.cause === "output" ? "output" : null;
  if (cap !== null) return { ...afterStop(cap, facts, said), message };
  if (said.ofAgent.state === "done") return { ...DONE, message };
  const { failure, reason } = said.ofAgent;
  return { state: failure === "stopped" ? "stopped" : "failed", failure, reason, message, resetAt };
}

/** What the agent's own output and end say. */
type Said = {
  costUsd: number | null;
  /** What is known of the cost. */
  leastUsd: number;
  ofAgent: ReturnType<AgentAdapter["conclude"]>;
  /** It tells of its progress, and had been silent for long when it was ended. */
  isSilent: boolean;
};

type End = Omit<Conclusion, "message">;

const DONE: End = { state: "done", failure: null, reason: null, resetAt: null };

function afterStop(
  reason: string,
  { caps }: Pick<RunFacts, "caps">,
  said: Said,
  elapsedMs = Number.POSITIVE_INFINITY,
): End {
  switch (reason) {
    case "timeout":
      return ranOut(said, `stopped after its longest time, ${longestTime(caps.wallMs, elapsedMs)}`);
    case "lingering":
      return ranOut(said, "stopped: it had answered and did not end");
    case "stale":
      return ranOut(said, "stopped: no sign of life for too long");
    case "output":
      return failed("agent", "stopped: it printed more than a run may");
    case "tool-calls":
      return failed("agent", `stopped: more than ${caps.toolCalls ?? 0} tool calls`);
    case "budget":
      return failed("budget", budgetReason(said, caps.costUsd));
    case "shutdown":
      return { state: "stopped", failure: "stopped", reason: "stopped with the daemon", resetAt: null };
    default:
      return { state: "stopped", failure: "stopped", reason: "stopped by a person", resetAt: null };
  }
}

/**
 * One that had answered and did not end was done. One that waits for its provider is told by its words, or by its silence:
 * most of these programs try again for a long time and print nothing meanwhile.
 */
function ranOut({ ofAgent, isSilent }: Said, reason: string): End {
  if (ofAgent.state === "done") return DONE;
  if (ofAgent.failure === "overloaded") {
    return { ...failed("overloaded", `${reason}; ${ofAgent.reason}`), resetAt: ofAgent.resetAt };
  }
  return isSilent ? failed("overloaded", silentReason(reason)) : failed("agent", reason);
}

function failed(failure: FailureClass, reason: string): End {
  return { state: "failed", failure, reason, resetAt: null };
}

// Sooner than it was told at its start: a person shortened it.
function longestTime(wallMs: number | null, elapsedMs: number): string {
  return wallMs === null || elapsedMs < wallMs ? "which was shortened meanwhile" : duration(wallMs);
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

// Below its own cap: the runs of the task or of the day together reached theirs, or a person lowered one.
function budgetReason(said: Said, capUsd: number | null): string {
  return capUsd !== null && said.leastUsd >= capUsd
    ? `stopped at its budget: ${figures(said, capUsd)}`
    : `stopped at the budget of the task or the day, or at one that was lowered meanwhile: ${figures(said, null)}`;
}

function figures({ costUsd, leastUsd }: Said, capUsd: number | null): string {
  const known = `$${leastUsd.toFixed(2)}`;
  const spent = costUsd !== null ? known : leastUsd > 0 ? `at least ${known}` : "unknown";
  return capUsd === null ? spent : `${spent} of $${capUsd.toFixed(2)}`;
}

import type { AgentAdapter } from "../agents/adapter.ts";
import type { FailureClass, SessionState } from "../board/session.ts";
import type { RunExit, RunRecord } from "../process/read-runs.ts";
import type { RunFacts } from "./run-facts.ts";

export type Conclusion = {
  state: Exclude<SessionState, "running">;
  failure: FailureClass | null;
  /** One line, the same for the same failure: equal lines on three tasks in a row pause the board. */
  reason: string | null;
  /** What the persona said, whole. */
  message: string;
};

/**
 * What a run came to. What the daemon did to it goes before what the agent's own exit says: a run that a person stopped
 * did not fail, one that reached a cap did, whatever its last words were.
 */
export function concludeRun(
  run: Pick<RunRecord, "state" | "stop"> & { exit?: Pick<RunExit, "cause"> | null },
  facts: Pick<RunFacts, "caps" | "losses">,
  said: { costUsd: number | null; ofAgent: ReturnType<AgentAdapter["conclude"]> },
): Conclusion {
  const { message } = said.ofAgent;
  if (run.stop !== null) return { ...afterStop(run.stop.reason, facts, said.costUsd), message };
  if (run.state === "lost") {
    const reason = `lost ${facts.losses + 1}: its supervisor is gone and left no record of the end`;
    return { state: "stopped", failure: "stopped", reason, message };
  }
  // While no daemon was there, the supervisor kept the caps: the same end, in the same words.
  const cap = run.exit?.cause === "wall" ? "timeout" : run.exit?.cause === "output" ? "output" : null;
  if (cap !== null) return { ...afterStop(cap, facts, said.costUsd), message };
  if (said.ofAgent.state === "done") return { state: "done", failure: null, reason: null, message };
  const { failure, reason } = said.ofAgent;
  return { state: failure === "stopped" ? "stopped" : "failed", failure, reason, message };
}

function afterStop(
  reason: string,
  { caps }: Pick<RunFacts, "caps">,
  costUsd: number | null,
): Omit<Conclusion, "message"> {
  switch (reason) {
    case "timeout":
      return { state: "failed", failure: "agent", reason: `stopped after its longest time, ${duration(caps.wallMs)}` };
    case "output":
      return { state: "failed", failure: "agent", reason: "stopped: it printed more than a run may" };
    case "tool-calls":
      return { state: "failed", failure: "agent", reason: `stopped: more than ${caps.toolCalls ?? 0} tool calls` };
    case "stale":
      return { state: "failed", failure: "agent", reason: "stopped: no sign of life for too long" };
    case "budget":
      return { state: "failed", failure: "budget", reason: `stopped at its budget: ${figures(costUsd, caps.costUsd)}` };
    case "shutdown":
      return { state: "stopped", failure: "stopped", reason: "stopped with the daemon" };
    default:
      return { state: "stopped", failure: "stopped", reason: "stopped by a person" };
  }
}

function duration(ms: number | null): string {
  const seconds = Math.round((ms ?? 0) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

function figures(spentUsd: number | null, capUsd: number | null): string {
  return `${spentUsd === null ? "unknown" : `$${spentUsd.toFixed(2)}`} of $${(capUsd ?? 0).toFixed(2)}`;
}

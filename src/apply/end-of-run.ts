import type { AgentSummary, Conclusion } from "../agents/adapter.ts";
import { AGENTS } from "../agents/agents.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { readSpool } from "../process/spool.ts";
import { costSoFar } from "./cost-so-far.ts";
import type { RunFacts } from "./run-facts.ts";
import { readSetupFailure } from "./setup-script.ts";
import { finishActivity } from "./sync-sessions.ts";
import type { World } from "./world.ts";

const TAIL_BYTES = 8_000;
// A command of the board, which asks no model.
const TOOL = "tool";
const SETUP_BYTES = 1024 * 1024;

/** What a run that is over has said and cost, read from its output whole, and what its agent's adapter makes of it. */
export async function endOf(world: World, run: RunRecord, facts: RunFacts) {
  const adapter = AGENTS.get(facts.adapter ?? "");
  const { activity, summary } = await finishActivity(world, run, facts, adapter);
  const unknown: Conclusion = {
    state: "failed",
    failure: "setup",
    reason: `the agent '${facts.agent ?? ""}' is not known any more`,
    message: "",
    resetAt: null,
  };
  // It was ended because nothing came of it any more: what it had said by then counts, and what it was waiting for.
  const ranOut = ["timeout", "stale", "lingering"].includes(run.stop?.reason ?? "");
  const ofAgent =
    adapter?.conclude({
      exitCode: run.exit?.code ?? null,
      signal: run.exit?.signal ?? null,
      cause: ranOut ? "wall" : (run.exit?.cause ?? "stop"),
      summary,
      endedAt: run.endedAt,
      stderrTail: run.exit?.cause === "setup" ? readSetupFailure(setupTail(run), run.exit.code).said : stderrTail(run),
      wasStopped: run.stop !== null && !ranOut,
      maySayNothing: facts.agent === TOOL,
    }) ?? unknown;
  // What never started has cost nothing, whoever it would have asked.
  const isStarted = run.exit?.cause !== "setup" && run.exit?.cause !== "spawn";
  const isFree = !isStarted || facts.agent === TOOL;
  const cost = !isFree ? costSoFar(world, facts, summary) : { costUsd: 0, leastUsd: 0 };
  return {
    activity,
    summary,
    ...cost,
    ofAgent,
    isSilent: adapter?.tellsProgress === true && (saidNothing(summary) || isSilent(run, facts)),
  };
}

/** Some print a last line when they are ended, so the time of that says nothing. */
function saidNothing({ answer, interim, toolCalls, result }: AgentSummary): boolean {
  return answer === "" && interim === "" && toolCalls === 0 && result?.isError !== false;
}

/** Its last words are so long ago that it was waiting rather than working. */
function isSilent({ endedAt, startedAt, lastOutputAt, stop }: RunRecord, { caps }: RunFacts): boolean {
  if (stop?.reason === "stale") return true;
  const until = endedAt === null ? null : (stop?.requestedAt ?? endedAt);
  // A time that a person shortened is as long as it lasted.
  const wallMs = stop?.reason === "timeout" && until !== null ? until - startedAt : caps.wallMs;
  if (until === null || wallMs === null) return false;
  return until - Math.max(startedAt, lastOutputAt ?? 0) >= wallMs / 2;
}

/** The last of what the setup script printed. */
export function setupTail({ runDir }: RunRecord): string {
  return readSpool(runDir, "setup.out", 0, SETUP_BYTES).bytes.toString("utf8").slice(-TAIL_BYTES);
}

function stderrTail({ runDir, stderrBytes }: RunRecord): string {
  const from = Math.max(0, stderrBytes - TAIL_BYTES);
  return readSpool(runDir, "stderr", from, TAIL_BYTES).bytes.toString("utf8");
}

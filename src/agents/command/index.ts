import type { AgentAdapter, Conclusion, Launch, LaunchRequest, RunFacts } from "../adapter.ts";
import { concludeFailure, failed, messageOf } from "../conclude.ts";
import { parseCommandLine } from "./parse-line.ts";

/**
 * Any program the settings name: prompt on standard input, answer on standard output. It may tell more by lines of JSON with a
 * key `kanband`; see `parse-line.ts`.
 */
export const command: AgentAdapter = {
  id: "command",
  title: "Any program: prompt on stdin, answer on stdout",
  program: null,
  isFree: false,
  tellsProgress: false,
  answer: "all",
  launch,
  parseLine: parseCommandLine,
  conclude,
};

// As a shell says "not a program" and "not found".
const NOT_RUNNABLE: readonly (number | null)[] = [126, 127];

/** What is not part of the prompt goes by environment, so that a program which does not care need not know. */
function launch(request: LaunchRequest): Launch | { problem: string } {
  const [file, ...args] = request.command ?? [];
  if (file === undefined || file === "") {
    return { problem: "the agent has no `command`: name its program under `agents:` in board/board.md" };
  }
  const known = {
    KANBAND_MODEL: request.model,
    KANBAND_EFFORT: request.effort,
    KANBAND_PERSONA: request.persona?.id ?? null,
    KANBAND_MAX_TOOL_CALLS: request.maxToolCalls === null ? null : String(request.maxToolCalls),
    KANBAND_SESSION_DIR: request.sessionDir,
  };
  const env = Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
  const stdin = [request.systemPrompt, request.prompt].filter((part) => part.trim() !== "").join("\n\n");
  return { file, args, env, stdin };
}

function conclude(facts: RunFacts): Conclusion {
  const failure = concludeFailure(facts);
  if (failure !== null) {
    const isMissing = failure.failure === "agent" && facts.cause === "exit" && NOT_RUNNABLE.includes(facts.exitCode);
    return isMissing ? { ...failure, failure: "setup" } : failure;
  }
  const message = messageOf(facts);
  if (message.trim() !== "") return { state: "done", message };
  if (facts.maySayNothing === true) return { state: "done", message: "It succeeded and printed nothing." };
  return failed(facts, "agent", "ended without an answer");
}

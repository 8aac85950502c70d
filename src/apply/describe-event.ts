import type { AgentEvent } from "../agents/adapter.ts";

/**
 * An event as one line of activity, without its time; null for what is only counted. The first character says what it is:
 * `>` said, `$` did, `x` went wrong, `=` the result, `*` about the run, and `!` for anything from standard error, so that
 * the lines of the two streams can be told apart in the file.
 */
export function describeEvent(event: AgentEvent, stream: "stdout" | "stderr"): string | null {
  const text = textOf(event);
  if (text === null) return null;
  return stream === "stderr" ? `! ${text.slice(2)}` : text;
}

function textOf(event: AgentEvent): string | null {
  switch (event.kind) {
    case "started":
      return event.sessionId === null ? "* started" : `* started, conversation ${event.sessionId}`;
    case "text":
      return event.text.trim() === "" ? null : `> ${event.text}`;
    case "tool":
      return `$ ${event.name}${event.detail === "" ? "" : `: ${event.detail}`}`;
    case "usage":
    case "call":
    case "session":
      return null;
    case "result":
      return event.isError ? "= ended with an error" : "= answered";
    case "error":
      return `x ${event.class}: ${event.message}${event.isRetried === true ? " (it tries again)" : ""}`;
  }
}

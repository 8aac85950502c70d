import type { FailureClass } from "../../board/session.ts";
import type { AgentEvent } from "../adapter.ts";
import { classOfMessage } from "../failure-class.ts";
import { amountOf, type Fields, fieldsOf, parseObject, textOf } from "../fields.ts";
import { parseResetTime, parseRetryAfter } from "../reset-time.ts";
import { cutTool, shownLine, toolDetail } from "../tool-detail.ts";

/** A line of `--format json`. There is no first and no last one: every line has the conversation's id. */
export function parseLine(line: string, stream: "stdout" | "stderr"): readonly AgentEvent[] {
  const fields = stream === "stdout" ? parseObject(line) : null;
  if (fields === null) return [...cutTool(line, CUT_TOOL), ...shownLine(line)];
  const part = fieldsOf(fields["part"]) ?? {};
  const sessionId = textOf(fields["sessionID"]);
  const session: AgentEvent = { kind: "session", sessionId, model: null };
  switch (textOf(fields["type"])) {
    case "step_start":
      return [session];
    case "text": {
      const text = textOf(part["text"]);
      return text === null ? [] : [{ kind: "text", text, isAnswer: true }];
    }
    case "tool_use": {
      const input = fieldsOf(fieldsOf(part["state"])?.["input"]);
      return [{ kind: "tool", name: textOf(part["tool"]) ?? "tool", detail: toolDetail(input) }];
    }
    case "step_finish":
      return [...usage(part), ...endOfStep(textOf(part["reason"]))];
    case "error":
      return [session, failure(fields)];
    default:
      return [];
  }
}

const CUT_TOOL = /^\{"type":"tool_use",.*?"part":\{"type":"tool","tool":"([^"]+)"/;

/** Each step has its own. A cost of nothing for some tokens is that of a model whose price it does not know. */
function usage(part: Fields): readonly AgentEvent[] {
  const tokens = fieldsOf(part["tokens"]);
  const cache = fieldsOf(tokens?.["cache"]);
  const cost = amountOf(part["cost"]);
  if (tokens === null) return [];
  const written = amountOf(cache?.["write"]) ?? 0;
  return [
    {
      kind: "usage",
      costUsd: cost === 0 ? null : cost,
      input: (amountOf(tokens["input"]) ?? 0) + written,
      output: (amountOf(tokens["output"]) ?? 0) + (amountOf(tokens["reasoning"]) ?? 0),
      cached: amountOf(cache?.["read"]) ?? 0,
      written,
      isTotal: false,
    },
  ];
}

/** `tool-calls` goes on, unless a refused permission ends the run right there. */
function endOfStep(reason: string | null): readonly AgentEvent[] {
  if (reason === "stop") return [{ kind: "result", text: null, isError: false }];
  if (reason === null || reason === "tool-calls") return [];
  return [
    { kind: "error", class: "agent", message: `the answer ended early: ${reason}`, resetAt: null },
    { kind: "result", text: null, isError: true },
  ];
}

function failure(fields: Fields): AgentEvent {
  const at = amountOf(fields["timestamp"]);
  const error = fieldsOf(fields["error"]);
  const data = fieldsOf(error?.["data"]);
  const name = textOf(error?.["name"]) ?? "an error";
  const message = textOf(data?.["message"]) ?? textOf(error?.["message"]) ?? name;
  const retryAfter = textOf(fieldsOf(data?.["responseHeaders"])?.["retry-after"]);
  const resetAt = retryAfter === null ? null : parseRetryAfter(retryAfter, at);
  return {
    kind: "error",
    class: classOf(name, message, data),
    message,
    resetAt: resetAt ?? parseResetTime(message, at),
  };
}

function classOf(name: string, message: string, data: Fields | null): FailureClass {
  if (name === "ContextOverflowError" || name === "MessageOutputLengthError") return "agent";
  if (name === "ProviderAuthError") return "setup";
  // An unpaid bill has the status of a rate limit.
  if (/insufficient_quota/.test(textOf(data?.["responseBody"]) ?? "")) return "setup";
  const known = classOfMessage(`${name} ${message}`, amountOf(data?.["statusCode"]));
  return known === "agent" && data?.["isRetryable"] === true ? "overloaded" : known;
}

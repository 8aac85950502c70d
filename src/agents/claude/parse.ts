import type { FailureClass } from "../../board/session.ts";
import type { AgentEvent } from "../adapter.ts";
import { classOfMessage, classOfStatus } from "../failure-class.ts";
import { amountOf, type Fields, fieldsOf, listOf, parseObject, textOf } from "../fields.ts";
import { cutTool, shownLine, toolDetail } from "../tool-detail.ts";
import { callOf, usageOf } from "./usage.ts";

/** A line of `--output-format stream-json`. Several `init` and `result` lines may come from one process. */
export function parseLine(line: string, stream: "stdout" | "stderr"): readonly AgentEvent[] {
  // What tools gave back may be megabytes, and says nothing that is kept.
  if (line.startsWith('{"type":"user"')) return [];
  const fields = stream === "stdout" ? parseObject(line) : null;
  if (fields === null) return [...cutTool(line, CUT_TOOL), ...shownLine(line)];
  switch (textOf(fields["type"])) {
    case "system":
      return parseSystem(fields);
    case "assistant":
      return parseAssistant(fields);
    case "result":
      return parseResult(fields);
    case "rate_limit_event":
      return parseRateLimit(fieldsOf(fields["rate_limit_info"]));
    default:
      return [];
  }
}

const CUT_TOOL = /^\{"type":"assistant",.*?"content":\[\{"type":"tool_use","id":"[^"]*","name":"([^"]+)"/;

function parseSystem(fields: Fields): readonly AgentEvent[] {
  const sessionId = textOf(fields["session_id"]);
  switch (textOf(fields["subtype"])) {
    case "init": {
      const events: AgentEvent[] = [
        { kind: "started", sessionId },
        { kind: "session", sessionId, model: textOf(fields["model"]) },
      ];
      // It is never asked for, so another mode was not taken: tools will be refused.
      return fields["permissionMode"] === "default" ? [...events, WRONG_MODE] : events;
    }
    case "api_retry":
      return [retry(fields)];
    case "model_fallback":
      return [
        { kind: "session", sessionId: null, model: textOf(fields["fallback_model"]) },
        ...shownLine(textOf(fields["content"]) ?? ""),
      ];
    case "permission_denied":
      return shownLine(`not permitted: ${textOf(fields["tool_name"]) ?? "a tool"}: ${textOf(fields["message"]) ?? ""}`);
    default:
      return [];
  }
}

const WRONG_MODE: AgentEvent = {
  kind: "error",
  class: "setup",
  message: "Claude took the permission mode 'default' instead of the one it was given",
  resetAt: null,
};

function retry(fields: Fields): AgentEvent {
  const status = amountOf(fields["error_status"]);
  const error = textOf(fields["error"]) ?? "unknown";
  const message = `waits after ${status === null ? "" : `${status} `}${error}`;
  const known = classOfError(error) ?? (status === null ? null : classOfStatus(status));
  return { kind: "error", class: known ?? "overloaded", message, resetAt: null, isRetried: true };
}

function parseAssistant(fields: Fields): readonly AgentEvent[] {
  const content = listOf(fieldsOf(fields["message"])?.["content"]);
  if (fields["is_api_error_message"] === true) {
    const message = content.flatMap((it) => textOf(it["text"]) ?? []).join(" ");
    const known = classOfError(textOf(fields["error"]));
    return [{ kind: "error", class: known ?? classOf(fields, message), message, resetAt: null }];
  }
  const isMain = typeof fields["parent_tool_use_id"] !== "string";
  const said = content.flatMap((it): AgentEvent[] => {
    const text = textOf(it["text"]);
    if (it["type"] === "text" && text !== null) return [{ kind: "text", text, isAnswer: isMain }];
    if (it["type"] !== "tool_use") return [];
    return [{ kind: "tool", name: textOf(it["name"]) ?? "tool", detail: toolDetail(fieldsOf(it["input"])) }];
  });
  return [...callOf(fieldsOf(fields["message"])), ...said];
}

/** `subtype` says "success" when the provider failed, too; `is_error` is the truth. On limits there is no text. */
function parseResult(fields: Fields): readonly AgentEvent[] {
  const usage = usageOf(fields);
  if (fields["is_error"] !== true && fields["subtype"] === "success") {
    return [...usage, { kind: "result", text: textOf(fields["result"]), isError: false }];
  }
  const errors = Array.isArray(fields["errors"]) ? fields["errors"].filter((it) => typeof it === "string") : [];
  const said = textOf(fields["result"]) || errors.join("; ");
  const why = textOf(fields["terminal_reason"]) ?? textOf(fields["subtype"]) ?? "an error";
  const message = said === "" || why.startsWith("aborted") ? `ended by ${why}` : said;
  return [
    ...usage,
    { kind: "error", class: classOf(fields, message), message, resetAt: null },
    // What it says then is the error; the answer is what it had said before.
    { kind: "result", text: null, isError: true },
  ];
}

function classOf(fields: Fields, message: string): FailureClass {
  if (fields["subtype"] === "error_max_budget_usd") return "budget";
  // A sandbox that does not work here, settings that cannot be read: another try would do no better.
  if (typeof fields["startup_failure_reason"] === "string") return "setup";
  if (fields["api_error"] === "connection_failed") return "overloaded";
  const status = amountOf(fields["api_error_status"]);
  const reason = textOf(fields["terminal_reason"]);
  return status !== null || reason === "api_error" || reason === null ? classOfMessage(message, status) : "agent";
}

const CLASS_OF_ERROR: Readonly<Record<string, FailureClass>> = {
  authentication_failed: "setup",
  billing_error: "setup",
  model_not_found: "setup",
  invalid_request: "agent",
  rate_limit: "overloaded",
  overloaded: "overloaded",
  server_error: "overloaded",
};

function classOfError(error: string | null): FailureClass | null {
  return error !== null && Object.hasOwn(CLASS_OF_ERROR, error) ? (CLASS_OF_ERROR[error] ?? null) : null;
}

/** The state of a subscription; told on every run, and news only when it says no. */
function parseRateLimit(info: Fields | null): readonly AgentEvent[] {
  if (info?.["status"] !== "rejected") return [];
  const resetsAt = amountOf(info["resetsAt"]);
  const type = textOf(info["rateLimitType"]) ?? "usage";
  const resetAt = resetsAt === null ? null : resetsAt * 1000;
  return [{ kind: "error", class: "overloaded", message: `usage limit reached (${type})`, resetAt }];
}

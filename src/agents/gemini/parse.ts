import type { AgentEvent } from "../adapter.ts";
import { classOfMessage } from "../failure-class.ts";
import { amountOf, type Fields, fieldsOf, parseObject, textOf } from "../fields.ts";
import { cutTool, shownLine, toolDetail } from "../tool-detail.ts";
import { isNoise } from "./noise.ts";

/** A line of `-o stream-json`, or of standard error, where alone its retries are told. */
export function parseLine(line: string, stream: "stdout" | "stderr"): readonly AgentEvent[] {
  if (stream === "stderr") return parseError(line);
  if (line.startsWith('{"type":"tool_result"')) return [];
  const fields = parseObject(line);
  if (fields === null) return [...cutTool(line, CUT_TOOL), ...shownLine(line)];
  switch (textOf(fields["type"])) {
    case "init": {
      const sessionId = textOf(fields["session_id"]);
      return [
        { kind: "started", sessionId },
        { kind: "session", sessionId, model: textOf(fields["model"]) },
      ];
    }
    case "message": {
      const text = textOf(fields["content"]);
      return fields["role"] === "assistant" && text !== null ? [{ kind: "text", text, isAnswer: true }] : [];
    }
    case "tool_use":
      return [
        {
          kind: "tool",
          name: textOf(fields["tool_name"]) ?? "tool",
          detail: toolDetail(fieldsOf(fields["parameters"])),
        },
      ];
    case "error": {
      const message = textOf(fields["message"]) ?? "an error";
      return fields["severity"] === "error" ? [failure(message)] : shownLine(`warning: ${message}`);
    }
    case "result":
      return parseResult(fields);
    default:
      return [];
  }
}

const CUT_TOOL = /^\{"type":"tool_use",.*?"tool_name":"([^"]+)"/;

function parseResult(fields: Fields): readonly AgentEvent[] {
  const used = usage(fieldsOf(fields["stats"]));
  if (fields["status"] === "success") return [...used, { kind: "result", text: null, isError: false }];
  const message = textOf(fieldsOf(fields["error"])?.["message"]);
  // An empty answer has its error on a line before.
  const errors = message === null ? [] : [failure(message)];
  return [...used, ...errors, { kind: "result", text: null, isError: true }];
}

function failure(text: string): AgentEvent {
  const [whole, inner = ""] = /^\[API Error: (.*?)\](?:\n.*)?$/s.exec(text) ?? [text, text];
  const error = fieldsOf(parseObject(inner)?.["error"]);
  const message = textOf(error?.["message"]) ?? inner;
  const status = amountOf(error?.["code"]);
  // Its own advice about limits stands behind the error, and tells a limit that has no code.
  const isLimit = /quota increase|rate limit/i.test(whole);
  return { kind: "error", class: isLimit ? "overloaded" : classOfMessage(message, status), message, resetAt: null };
}

/** One event a model: they have prices of their own. What was thought is in the total only, and is paid as output. */
function usage(stats: Fields | null): readonly AgentEvent[] {
  if (stats === null) return [];
  const models = Object.entries(fieldsOf(stats["models"]) ?? {});
  const used: readonly (readonly [string | null, unknown])[] = models.length === 0 ? [[null, stats]] : models;
  return used.map(([model, value]) => {
    const it = fieldsOf(value) ?? {};
    const [all, output] = [amountOf(it["input_tokens"]) ?? 0, amountOf(it["output_tokens"]) ?? 0];
    const cached = Math.min(amountOf(it["cached"]) ?? 0, all);
    const thought = Math.max(0, (amountOf(it["total_tokens"]) ?? 0) - all - output);
    return {
      kind: "usage",
      costUsd: null,
      input: all - cached,
      output: output + thought,
      cached,
      isTotal: false,
      model,
    };
  });
}

const RETRY = /^Attempt \d+ failed(?: with status (\d{3}))?\. Retrying with backoff\.\.\. ?(.*)$/;
function parseError(line: string): readonly AgentEvent[] {
  const [, status, why = ""] = RETRY.exec(line) ?? [];
  if (RETRY.test(line)) {
    const known = classOfMessage(why, status === undefined ? null : Number(status));
    const message = status === undefined ? `waits after ${why}` : `waits after ${status}`;
    return [{ kind: "error", class: known, message, resetAt: null, isRetried: true }];
  }
  return isNoise(line) ? [] : shownLine(line);
}

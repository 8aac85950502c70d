import { FAILURE_CLASSES, type FailureClass } from "../../board/session.ts";
import type { AgentEvent } from "../adapter.ts";

/**
 * A line of a program's output. A JSON object with a key `kanband` is an event: `{"kanband":"started","session_id":"…"}`,
 * `{"kanband":"text","text":"…"}`, `{"kanband":"tool","name":"…","detail":"…"}`,
 * `{"kanband":"usage","cost_usd":0.2,"input":1,"output":1,"cached":1,"total":false}`,
 * `{"kanband":"result","text":"…","is_error":false}`,
 * `{"kanband":"error","class":"overloaded","message":"…","reset_at":"2026-11-20T10:00:00Z"}`.
 * Every other line of standard output is part of the answer; standard error is only shown.
 */
export function parseCommandLine(line: string, stream: "stdout" | "stderr"): readonly AgentEvent[] {
  const event = stream === "stdout" && line.startsWith("{") ? parseEvent(line) : null;
  return [event ?? { kind: "text", text: line, isAnswer: stream === "stdout" }];
}

type Fields = Readonly<Record<string, unknown>>;

const PARSERS: Readonly<Record<string, (fields: Fields) => AgentEvent>> = {
  started: (fields) => ({ kind: "started", sessionId: text(fields["session_id"]) }),
  text: (fields) => ({ kind: "text", text: text(fields["text"]) ?? "", isAnswer: true }),
  tool: (fields) => ({ kind: "tool", name: text(fields["name"]) ?? "tool", detail: text(fields["detail"]) ?? "" }),
  usage: (fields) => ({
    kind: "usage",
    costUsd: amount(fields["cost_usd"]),
    input: amount(fields["input"]) ?? 0,
    output: amount(fields["output"]) ?? 0,
    cached: amount(fields["cached"]) ?? 0,
    isTotal: fields["total"] === true,
  }),
  result: (fields) => ({ kind: "result", text: text(fields["text"]), isError: fields["is_error"] === true }),
  error: (fields) => ({
    kind: "error",
    class: failureClass(fields["class"]),
    message: text(fields["message"]) ?? "the agent reported an error",
    resetAt: instant(fields["reset_at"]),
  }),
};

function parseEvent(line: string): AgentEvent | null {
  const fields = parseObject(line);
  const kind = fields?.["kanband"];
  if (fields === null || typeof kind !== "string" || !Object.hasOwn(PARSERS, kind)) return null;
  return PARSERS[kind]?.(fields) ?? null;
}

function parseObject(line: string): Fields | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
  } catch {
    return null;
  }
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** A negative or endless amount would let a program give itself a budget. */
function amount(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

function failureClass(value: unknown): FailureClass {
  return FAILURE_CLASSES.find((it) => it === value && it !== "stopped" && it !== "checks") ?? "agent";
}

function instant(value: unknown): number | null {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

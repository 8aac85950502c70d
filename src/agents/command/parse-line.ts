import { FAILURE_CLASSES, type FailureClass } from "../../board/session.ts";
import type { AgentEvent } from "../adapter.ts";
import { amountOf, type Fields, parseObject, textOf } from "../fields.ts";

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

const PARSERS: Readonly<Record<string, (fields: Fields) => AgentEvent>> = {
  started: (fields) => ({ kind: "started", sessionId: textOf(fields["session_id"]) }),
  text: (fields) => ({ kind: "text", text: textOf(fields["text"]) ?? "", isAnswer: true }),
  tool: (fields) => ({ kind: "tool", name: textOf(fields["name"]) ?? "tool", detail: textOf(fields["detail"]) ?? "" }),
  usage: (fields) => ({
    kind: "usage",
    costUsd: amountOf(fields["cost_usd"]),
    input: amountOf(fields["input"]) ?? 0,
    output: amountOf(fields["output"]) ?? 0,
    cached: amountOf(fields["cached"]) ?? 0,
    isTotal: fields["total"] === true,
  }),
  result: (fields) => ({ kind: "result", text: textOf(fields["text"]), isError: fields["is_error"] === true }),
  error: (fields) => ({
    kind: "error",
    class: failureClass(fields["class"]),
    message: textOf(fields["message"]) ?? "the agent reported an error",
    resetAt: instant(fields["reset_at"]),
  }),
};

function parseEvent(line: string): AgentEvent | null {
  const fields = parseObject(line);
  const kind = fields?.["kanband"];
  if (fields === null || typeof kind !== "string" || !Object.hasOwn(PARSERS, kind)) return null;
  return PARSERS[kind]?.(fields) ?? null;
}

function failureClass(value: unknown): FailureClass {
  return FAILURE_CLASSES.find((it) => it === value && it !== "stopped" && it !== "checks") ?? "agent";
}

function instant(value: unknown): number | null {
  const at = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? null : at;
}

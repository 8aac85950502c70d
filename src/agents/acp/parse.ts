import type { FailureClass } from "../../board/session.ts";
import type { AgentEvent } from "../adapter.ts";
import { classOfMessage, isFirstStartRace } from "../failure-class.ts";
import { amountOf, type Fields, fieldsOf, parseObject, textOf } from "../fields.ts";
import { shownLine } from "../tool-detail.ts";
import { isRetry } from "./notices.ts";
import { usageOf } from "./usage.ts";

/**
 * A line of the client's account: an object whose `acp` says what happened. What the agent's program prints on standard error
 * is passed on by the client and kept with the run; it is long and for nobody.
 */
export function parseLine(line: string, stream: "stdout" | "stderr"): readonly AgentEvent[] {
  const fields = stream === "stdout" ? parseObject(line) : null;
  const what = textOf(fields?.["acp"]);
  if (fields === null || what === null || !Object.hasOwn(PARSERS, what)) return [];
  return PARSERS[what]?.(fields) ?? [];
}

const PARSERS: Readonly<Record<string, (fields: Fields) => readonly AgentEvent[]>> = {
  session: (fields) => [
    { kind: "started", sessionId: textOf(fields["id"]) },
    { kind: "session", sessionId: textOf(fields["id"]), model: textOf(fields["model"]) },
  ],
  model: (fields) => [{ kind: "session", sessionId: null, model: textOf(fields["name"]) }],
  text: (fields) => [{ kind: "text", text: textOf(fields["text"]) ?? "", isAnswer: true }],
  tool: (fields) => [{ kind: "tool", name: textOf(fields["name"]) ?? "tool", detail: textOf(fields["detail"]) ?? "" }],
  note: (fields) => parseNote(textOf(fields["text"]) ?? ""),
  cost: (fields) => usageOf({ usd: amountOf(fields["usd"]), tellsCost: true, usage: null, quota: null }),
  stop: parseStop,
  error: parseError,
};

function parseNote(text: string): readonly AgentEvent[] {
  if (!isRetry(text)) return shownLine(text);
  const message = "waits after a transient API error";
  return [{ kind: "error", class: "overloaded", message, resetAt: null, isRetried: true }];
}

/**
 * `end_turn` is what some agents also say when their provider failed: Copilot and codex-acp, with the error as if the model
 * had said it. So an ended turn is believed when the agent counts as sound, and the model was heard or did not speak like an error.
 */
function parseStop(fields: Fields): readonly AgentEvent[] {
  const usage = fieldsOf(fields["usage"]);
  const events = usageOf({
    usd: amountOf(fields["usd"]),
    tellsCost: fields["tellsCost"] === true,
    usage,
    quota: fieldsOf(fields["quota"]),
  });
  const reason = textOf(fields["reason"]) ?? "unknown";
  const said = (textOf(fields["said"]) ?? "").trim();
  const refused = textOf(fields["refused"]);
  const wasHeard =
    events.some((it) => it.kind === "usage" && it.output > 0) || (amountOf(usage?.["outputTokens"]) ?? 0) > 0;
  const isFault = textOf(fields["state"]) === "systemError" || (!wasHeard && FAULT.test(said));
  if (reason === "end_turn" && isFault) {
    const message = plainMessage(said) || "the agent reported an error of its own";
    return [...events, failure(classOfMessage(message, statusIn(message)), message), ENDED_BADLY];
  }
  if (reason === "end_turn" && refused !== null) {
    return [...events, failure("agent", `ended at a permission it was refused: ${refused}`), ENDED_BADLY];
  }
  if (reason === "end_turn") return [...events, { kind: "result", text: null, isError: false }];
  return [...events, failure("agent", STOPS.get(reason) ?? `ended by ${reason}`), ENDED_BADLY];
}

const FAULT = /^(?:\[?API )?Error: *|^\{"error":/i;
const ENDED_BADLY: AgentEvent = { kind: "result", text: null, isError: true };
const STOPS: ReadonlyMap<string, string> = new Map([
  ["max_tokens", "the answer ended early: max_tokens"],
  ["max_turn_requests", "reached the agent's own limit of requests"],
  ["refusal", "the model refused"],
  ["cancelled", "the turn was cancelled"],
]);

/**
 * `at`: how far it had come. Before the turn nothing was done yet, and what is not a matter of the provider's load will be no
 * different the next time. The code of an error may be the status of the provider; what it means may stand in its data.
 */
function parseError(fields: Fields): readonly AgentEvent[] {
  const at = textOf(fields["at"]);
  const data = fieldsOf(fields["data"]);
  const told = [fields["message"], data?.["details"], data?.["message"]].map(textOf).filter((it) => it !== null);
  const message = told.map(plainMessage).findLast((it) => it !== "") ?? "the agent failed";
  const all = told.join(" ");
  const status = [fields["code"], data?.["status"], data?.["statusCode"]].map(amountOf).find((it) => it !== null);
  const known = CLASS_OF_KIND.get(textOf(data?.["errorKind"]) ?? "") ?? classOfMessage(all, status ?? statusIn(all));
  const isStart = at !== "prompt";
  return [failure(known === "agent" && isStart && !isFirstStartRace(all) ? "setup" : known, message)];
}

const CLASS_OF_KIND: ReadonlyMap<string, FailureClass> = new Map([
  ["authentication_failed", "setup"],
  ["billing_error", "setup"],
  ["model_not_found", "setup"],
  ["rate_limit", "overloaded"],
  ["overloaded", "overloaded"],
  ["server_error", "overloaded"],
]);

/** Without what agents put before it; a provider's own error may be the message, as JSON. */
function plainMessage(text: string): string {
  const message = text
    .trim()
    .replace(/^Internal error(?:: |\.?$)/i, "")
    .replace(/^(?:\[?API )?Error: */i, "");
  const inner = parseObject(message);
  return textOf(fieldsOf(inner?.["error"])?.["message"]) ?? textOf(inner?.["message"]) ?? message;
}

/** A status that stands where classOfMessage does not look: `401 invalid key`, `(HTTP 401)`. */
function statusIn(text: string): number | null {
  const found = /(?:^(?:Internal error:? )?\W*|\bHTTP )([45]\d\d)\b/.exec(text);
  return found === null ? null : Number(found[1]);
}

function failure(failureClass: FailureClass, message: string): AgentEvent {
  return { kind: "error", class: failureClass, message, resetAt: null };
}

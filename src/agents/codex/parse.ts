import type { FailureClass } from "../../board/session.ts";
import type { AgentEvent } from "../adapter.ts";
import { classOfMessage } from "../failure-class.ts";
import { amountOf, type Fields, fieldsOf, parseObject, textOf } from "../fields.ts";
import { shownLine, toolDetail } from "../tool-detail.ts";

/** A line of `codex exec --json`. There are no codes of errors: the words decide. */
export function parseLine(line: string, stream: "stdout" | "stderr"): readonly AgentEvent[] {
  const fields = stream === "stdout" ? parseObject(line) : null;
  if (fields === null) return shownLine(line);
  switch (textOf(fields["type"])) {
    case "thread.started":
      return [{ kind: "started", sessionId: textOf(fields["thread_id"]) }];
    case "item.started":
      return parseItem(fieldsOf(fields["item"]), "started");
    case "item.completed":
      return parseItem(fieldsOf(fields["item"]), "completed");
    case "turn.completed":
      return [...usage(fieldsOf(fields["usage"])), { kind: "result", text: null, isError: false }];
    case "turn.failed": {
      const message = textOf(fieldsOf(fields["error"])?.["message"]) ?? "the turn failed";
      return [failure(message), { kind: "result", text: null, isError: true }];
    }
    case "error":
      return [failure(textOf(fields["message"]) ?? "an error")];
    default:
      return [];
  }
}

// What is said rather than done.
const NO_TOOLS: readonly (string | null)[] = [null, "agent_message", "reasoning", "error", "todo_list"];

function parseItem(item: Fields | null, state: "started" | "completed"): readonly AgentEvent[] {
  const type = textOf(item?.["type"]);
  if (item === null || type === null) return [];
  const isEnd = state === "completed";
  if (type === "agent_message") {
    const text = textOf(item["text"]);
    return isEnd && text !== null ? [{ kind: "text", text, isAnswer: true }] : [];
  }
  // Of a model it has no data of, for example. The run goes on; what ends it is `turn.failed`.
  if (type === "error") return isEnd ? shownLine(`warning: ${textOf(item["message"]) ?? ""}`) : [];
  // A change of files is told when it is made, every other tool when it begins.
  const isCounted = type === "file_change" ? isEnd : !isEnd;
  if (!isCounted || NO_TOOLS.includes(type)) return [];
  const paths = Array.isArray(item["changes"])
    ? item["changes"].flatMap((it) => textOf(fieldsOf(it)?.["path"]) ?? [])
    : [];
  return [
    { kind: "tool", name: type, detail: toolDetail(paths.length > 0 ? { path: paths.join(" ") } : detailOf(item)) },
  ];
}

function detailOf({ id: _id, type: _type, status: _status, ...rest }: Fields): Fields {
  return rest;
}

/** All of the conversation so far, with the runs that a resumed one had before. */
function usage(it: Fields | null): readonly AgentEvent[] {
  if (it === null) return [];
  const cached = amountOf(it["cached_input_tokens"]) ?? 0;
  return [
    {
      kind: "usage",
      costUsd: null,
      input: Math.max(0, (amountOf(it["input_tokens"]) ?? 0) - cached),
      output: amountOf(it["output_tokens"]) ?? 0,
      cached,
      written: amountOf(it["cache_write_input_tokens"]) ?? 0,
      isTotal: true,
      isOfConversation: true,
    },
  ];
}

function failure(message: string): AgentEvent {
  const retried = /^Reconnecting\.\.\. (?:\d+\/\d+|waiting for network)\s*\(?(.*?)\)?$/s.exec(message);
  const told = wordsOf((retried?.[1] ?? message).replace(/,? url: \S+$/, ""));
  const trouble = { kind: "error", class: classOf(told), resetAt: null } as const;
  return retried === null
    ? { ...trouble, message: told }
    : { ...trouble, message: `waits after ${told}`, isRetried: true };
}

/** Sometimes the words are the body of the provider's answer. */
function wordsOf(message: string): string {
  return textOf(fieldsOf(parseObject(message)?.["error"])?.["message"]) ?? message;
}

function classOf(message: string): FailureClass {
  // Its own words for a conversation that has become too long, or an answer that was cut.
  return /ran out of room|max_output_tokens/.test(message) ? "agent" : classOfMessage(message);
}

import type { AgentAdapter, AgentEvent, AgentSummary, PricedTokens, Tokens, Trouble } from "./adapter.ts";
import { addCall, NO_CALLS, tokensWith } from "./calls.ts";

const NO_TOKENS: Tokens = { input: 0, output: 0, cached: 0 };

export const EMPTY_SUMMARY: AgentSummary = {
  sessionId: null,
  model: null,
  answer: "",
  interim: "",
  result: null,
  isOver: false,
  error: null,
  retrying: null,
  costUsd: null,
  tokens: NO_TOKENS,
  unpriced: new Map(),
  calls: NO_CALLS,
  before: NO_TOKENS,
  toolCalls: 0,
};

/** An answer of more characters loses its middle: the beginning says what it is about, the end how it came out. */
export const ANSWER_LIMIT = 256 * 1024;
const HEAD = 64 * 1024;
const GAP = "\n[… the middle is left out; the whole is in the run's output …]\n";

/** The summary with some more events taken in. Pure; the events of a run may come in any portions. */
export function summarise(
  { answer }: Pick<AgentAdapter, "answer">,
  summary: AgentSummary,
  events: readonly AgentEvent[],
): AgentSummary {
  return events.reduce((before, event) => takeIn(answer, before, event), summary);
}

function takeIn(mode: AgentAdapter["answer"], summary: AgentSummary, event: AgentEvent): AgentSummary {
  switch (event.kind) {
    case "started":
      return { ...summary, sessionId: event.sessionId ?? summary.sessionId, isOver: false };
    case "session":
      return { ...summary, sessionId: event.sessionId ?? summary.sessionId, model: event.model ?? summary.model };
    case "text":
      if (!event.isAnswer) return summary;
      return { ...summary, ...BUSY, answer: bounded(addText(mode, summary.answer, event.text)) };
    case "tool":
      return { ...summary, ...BUSY, ...afterTool(mode, summary), toolCalls: summary.toolCalls + 1 };
    case "call": {
      const calls = addCall(summary.calls, event, summary.model ?? "");
      return { ...summary, calls, tokens: tokensWith(calls) };
    }
    case "usage": {
      const after = { ...summary, ...addUsage({ ...summary, tokens: summary.calls.counted }, event) };
      return { ...after, calls: { ...NO_CALLS, counted: after.tokens } };
    }
    case "result":
      return {
        ...summary,
        result: { text: event.text, isError: event.isError },
        isOver: true,
        error: event.isError ? summary.error : null,
        retrying: null,
      };
    case "error":
      return event.isRetried === true
        ? { ...summary, retrying: troubleOf(event) }
        : { ...summary, error: worse(summary.error, troubleOf(event)) };
  }
}

const BUSY = { isOver: false, retrying: null };

function afterTool(mode: AgentAdapter["answer"], { answer, interim }: AgentSummary) {
  return mode === "since-tool" ? { answer: "", interim: answer === "" ? interim : answer } : {};
}

function troubleOf({ class: failure, message, resetAt }: Extract<AgentEvent, { kind: "error" }>): Trouble {
  return { class: failure, message, resetAt };
}

/** The same failure may be told twice, once with its class or time and once without. */
function worse(before: Trouble | null, now: Trouble): Trouble {
  if (before === null) return now;
  if (now.class === "agent" && now.message === before.message) return before;
  return { ...now, resetAt: now.resetAt ?? (before.class === now.class ? before.resetAt : null) };
}

function addText(mode: AgentAdapter["answer"], answer: string, text: string): string {
  if (mode === "last") return text;
  return mode === "all" ? `${answer}${text}\n` : answer + text;
}

function bounded(answer: string): string {
  // Cut only now and then, so that a long answer is not copied for each of its lines.
  if (answer.length <= 2 * ANSWER_LIMIT) return answer;
  return cutMiddle(answer);
}

/** An answer as it goes into a session file. */
export function cutMiddle(answer: string): string {
  if (answer.length <= ANSWER_LIMIT) return answer;
  const tail = answer.slice(answer.length - (ANSWER_LIMIT - HEAD - GAP.length));
  return answer.slice(0, HEAD) + GAP + tail;
}

function addUsage(
  summary: AgentSummary,
  event: Extract<AgentEvent, { kind: "usage" }>,
): Pick<AgentSummary, "costUsd" | "tokens" | "unpriced"> {
  const { costUsd, isTotal } = event;
  const used = event.isOfConversation === true ? without(event, summary.before) : event;
  const priced = { ...tokensOf(used), written: Math.min(event.written ?? 0, used.input) };
  const unpriced = new Map(isTotal ? [] : summary.unpriced);
  const model = event.model ?? summary.model ?? "";
  if (costUsd === null) unpriced.set(model, sum(priced, unpriced.get(model) ?? { ...NO_TOKENS, written: 0 }));
  if (isTotal) return { costUsd: costUsd ?? summary.costUsd, tokens: tokensOf(used), unpriced };
  return {
    costUsd: costUsd === null ? summary.costUsd : (summary.costUsd ?? 0) + costUsd,
    tokens: tokensOf(sum(priced, { ...summary.tokens, written: 0 })),
    unpriced,
  };
}

function tokensOf({ input, output, cached }: Tokens): Tokens {
  return { input, output, cached };
}

function sum(a: PricedTokens, b: PricedTokens): PricedTokens {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cached: a.cached + b.cached,
    written: a.written + b.written,
  };
}

function without(all: Tokens, before: Tokens): Tokens {
  return {
    input: Math.max(0, all.input - before.input),
    output: Math.max(0, all.output - before.output),
    cached: Math.max(0, all.cached - before.cached),
  };
}

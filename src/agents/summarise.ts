import type { AgentAdapter, AgentEvent, AgentSummary } from "./adapter.ts";

export const EMPTY_SUMMARY: AgentSummary = {
  sessionId: null,
  answer: "",
  result: null,
  error: null,
  costUsd: null,
  tokens: { input: 0, output: 0, cached: 0 },
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
      return { ...summary, sessionId: event.sessionId ?? summary.sessionId };
    case "text":
      return event.isAnswer ? { ...summary, answer: bounded(addText(mode, summary.answer, event.text)) } : summary;
    case "tool":
      return { ...summary, toolCalls: summary.toolCalls + 1, answer: mode === "since-tool" ? "" : summary.answer };
    case "usage":
      return { ...summary, ...addUsage(summary, event) };
    case "result":
      return {
        ...summary,
        result: { text: event.text, isError: event.isError },
        error: event.isError ? summary.error : null,
      };
    case "error":
      return { ...summary, error: { class: event.class, message: event.message, resetAt: event.resetAt } };
  }
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
  { costUsd, tokens }: AgentSummary,
  event: Extract<AgentEvent, { kind: "usage" }>,
): Pick<AgentSummary, "costUsd" | "tokens"> {
  const { input, output, cached } = event;
  if (event.isTotal) return { costUsd: event.costUsd ?? costUsd, tokens: { input, output, cached } };
  return {
    costUsd: event.costUsd === null ? costUsd : (costUsd ?? 0) + event.costUsd,
    tokens: { input: tokens.input + input, output: tokens.output + output, cached: tokens.cached + cached },
  };
}

import { describe, expect, it } from "vitest";
import type { AgentEvent } from "../../../src/agents/adapter.ts";
import { ANSWER_LIMIT, cutMiddle, EMPTY_SUMMARY, summarise } from "../../../src/agents/summarise.ts";

const say = (text: string, isAnswer = true): AgentEvent => ({ kind: "text", text, isAnswer });
const tool: AgentEvent = { kind: "tool", name: "Bash", detail: "" };
const usage = (costUsd: number | null, isTotal = false): Extract<AgentEvent, { kind: "usage" }> => ({
  kind: "usage",
  costUsd,
  input: 10,
  output: 2,
  cached: 1,
  isTotal,
});

describe("summarise", () => {
  it.each([
    ["all", "first\nsecond\nthird\n"],
    ["last", "third"],
    ["since-tool", "secondthird"],
  ] as const)("takes for the answer: %s", (answer, expected) => {
    const summary = summarise({ answer }, EMPTY_SUMMARY, [say("first"), tool, say("second"), say("third")]);
    expect(summary).toMatchObject({ answer: expected, toolCalls: 1 });
  });

  it("adds up usage, replaces it by a total, and knows unknown from nothing", () => {
    const all = { answer: "all" } as const;
    expect(summarise(all, EMPTY_SUMMARY, [usage(null)])).toMatchObject({
      costUsd: null,
      tokens: { input: 10, output: 2, cached: 1 },
    });
    expect(summarise(all, EMPTY_SUMMARY, [usage(0.25), usage(null), usage(0.5)])).toMatchObject({
      costUsd: 0.75,
      tokens: { input: 30 },
    });
    expect(summarise(all, EMPTY_SUMMARY, [usage(0.25), usage(0.5, true)])).toMatchObject({
      costUsd: 0.5,
      tokens: { input: 10 },
    });
  });

  it("keeps the last words before a tool for a run that gets no further", () => {
    const summary = summarise({ answer: "since-tool" }, EMPTY_SUMMARY, [say("first"), tool, say("second"), tool, tool]);
    expect(summary).toMatchObject({ answer: "", interim: "second" });
    expect(summarise({ answer: "last" }, EMPTY_SUMMARY, [say("first"), tool])).toMatchObject({ answer: "first" });
  });

  it("knows the model that answers, and keeps tokens without a cost by model", () => {
    const model = (name: string): AgentEvent => ({ kind: "session", sessionId: null, model: name });
    const events = [usage(null), model("a"), usage(null), { ...usage(null), model: "b", written: 4 }, usage(0.5)];
    const summary = summarise({ answer: "all" }, EMPTY_SUMMARY, events);
    const tokens = { input: 10, output: 2, cached: 1 };
    expect(summary).toMatchObject({ model: "a", costUsd: 0.5, tokens: { input: 40, output: 8, cached: 4 } });
    expect([...summary.unpriced]).toEqual([
      ["", { ...tokens, written: 0 }],
      ["a", { ...tokens, written: 0 }],
      ["b", { ...tokens, written: 4 }],
    ]);
    const total = summarise({ answer: "all" }, summary, [{ ...usage(null, true), model: "c" }]);
    expect([...total.unpriced.keys()]).toEqual(["c"]);
  });

  it("takes what a conversation had used before from its totals, and never below nothing", () => {
    const before = { input: 4, output: 2, cached: 5 };
    const event = { ...usage(null, true), isOfConversation: true };
    const { tokens } = summarise({ answer: "all" }, { ...EMPTY_SUMMARY, before }, [event]);
    expect(tokens).toEqual({ input: 6, output: 0, cached: 0 });
  });

  it("a retry is over with the next word, tool or result", () => {
    const retry: AgentEvent = { kind: "error", class: "overloaded", message: "m", resetAt: null, isRetried: true };
    const all = { answer: "all" } as const;
    const waiting = summarise(all, EMPTY_SUMMARY, [retry]);
    expect(waiting).toMatchObject({ error: null, retrying: { class: "overloaded", message: "m" } });
    const ends: readonly AgentEvent[] = [say("x"), tool, { kind: "result", text: null, isError: false }];
    for (const event of ends) expect(summarise(all, waiting, [event]).retrying).toBeNull();
    expect(summarise(all, waiting, [usage(1), say("x", false)]).retrying).not.toBeNull();
  });

  it("an error told twice keeps the class and the time that one of both had", () => {
    const error = (name: "agent" | "overloaded", message: string, resetAt: number | null): AgentEvent => ({
      kind: "error",
      class: name,
      message,
      resetAt,
    });
    const all = { answer: "all" } as const;
    const told = [error("overloaded", "m", 5), error("overloaded", "n", null)];
    expect(summarise(all, EMPTY_SUMMARY, told).error).toEqual({ class: "overloaded", message: "n", resetAt: 5 });
    const vague = [error("overloaded", "m", 5), error("agent", "m", null)];
    expect(summarise(all, EMPTY_SUMMARY, vague).error).toEqual({ class: "overloaded", message: "m", resetAt: 5 });
    const other = [error("overloaded", "m", 5), error("agent", "n", null)];
    expect(summarise(all, EMPTY_SUMMARY, other).error).toEqual({ class: "agent", message: "n", resetAt: null });
  });

  it("leaves out the middle of an endless answer", () => {
    const lines = Array.from({ length: 30_000 }, (_, n) => say(`line ${n} ${"x".repeat(30)}`));
    const { answer } = summarise({ answer: "all" }, EMPTY_SUMMARY, lines);
    const cut = cutMiddle(answer);
    expect(cut.length).toBeLessThanOrEqual(ANSWER_LIMIT);
    expect(cut.startsWith("line 0 ")).toBe(true);
    expect(cut).toContain("the middle is left out");
    expect(cut.trimEnd().split("\n").at(-1)).toBe(`line 29999 ${"x".repeat(30)}`);
  });
});

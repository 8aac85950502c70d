import { describe, expect, it } from "vitest";
import type { AgentEvent } from "../../../src/agents/adapter.ts";
import { ANSWER_LIMIT, cutMiddle, EMPTY_SUMMARY, summarise } from "../../../src/agents/summarise.ts";

const say = (text: string): AgentEvent => ({ kind: "text", text, isAnswer: true });
const tool: AgentEvent = { kind: "tool", name: "Bash", detail: "" };
const usage = (costUsd: number | null, isTotal = false): AgentEvent => ({
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

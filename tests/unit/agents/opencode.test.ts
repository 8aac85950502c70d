import { describe, expect, it } from "vitest";
import { opencode } from "../../../src/agents/opencode/index.ts";
import { play, readTranscript, replay } from "./replay.ts";

const END = { exit: 0, signal: null, stderr: "" };
const finish = (reason: string, cost = 0.5) =>
  JSON.stringify({
    type: "step_finish",
    sessionID: "ses_1",
    part: { reason, cost, tokens: { input: 5, output: 2, reasoning: 1, cache: { write: 3, read: 4 } } },
  });
const text = '{"type":"text","sessionID":"ses_1","part":{"type":"text","text":"The answer."}}';

describe("opencode", () => {
  it("exit 0 on a rejected permission is no success", () => {
    expect(readTranscript("opencode", "permission-ask").end.exit).toBe(0);
    expect(replay("opencode", "permission-ask").conclusion).toMatchObject({
      state: "failed",
      failure: "agent",
      reason: "ended at a permission it was refused: edit (out.txt)",
      message: "I try to write.",
    });
  });

  it("a last step that did not end with `stop` is no success, whatever was said", () => {
    expect(play("opencode", { lines: [text, finish("tool-calls")], end: END }).conclusion).toMatchObject({
      reason: "ended without a result",
    });
    expect(play("opencode", { lines: [text, finish("length")], end: END }).conclusion).toMatchObject({
      failure: "agent",
      reason: "the answer ended early: length",
    });
    expect(play("opencode", { lines: [text, finish("stop")], end: END }).conclusion).toEqual({
      state: "done",
      message: "The answer.",
    });
  });

  it("has the conversation's id from any step, and says nothing of it each time", () => {
    const { summary, events } = replay("opencode", "ok-tools");
    expect(summary.sessionId).toMatch(/^ses_/);
    expect(events.filter((it) => it.kind === "started")).toEqual([]);
    expect(replay("opencode", "auth401").summary.sessionId).toMatch(/^ses_/);
  });

  it("sums up the steps, and takes a cost of 0 for unknown", () => {
    const both = play("opencode", { lines: [finish("tool-calls"), finish("stop", 0)], end: END }).summary;
    expect(both).toMatchObject({ costUsd: 0.5, tokens: { input: 16, output: 6, cached: 8 } });
    expect([...both.unpriced]).toEqual([["", { input: 8, output: 3, cached: 4, written: 3 }]]);
    expect(replay("opencode", "ok-tools").summary.costUsd).toBeCloseTo(4 * 0.00321, 9);
  });

  it("an unpaid bill that comes as a rate limit is no rate limit", () => {
    const line = JSON.stringify({
      type: "error",
      timestamp: 1000,
      sessionID: "ses_1",
      error: {
        name: "APIError",
        data: {
          message: "You exceeded your current quota",
          statusCode: 429,
          responseBody: '{"code":"insufficient_quota"}',
        },
      },
    });
    expect(opencode.parseLine(line, "stdout")).toMatchObject([{}, { kind: "error", class: "setup" }]);
    expect(opencode.parseLine(line.replace("insufficient_quota", "rate"), "stdout")).toMatchObject([
      {},
      { class: "overloaded" },
    ]);
  });

  it.each([
    ["2", 3000],
    ["Fri, 20 Nov 2026 10:07:30 GMT", Date.parse("2026-11-20T10:07:30Z")],
    ["soon", null],
  ])("takes the reset time from `Retry-After: %s`", (header, resetAt) => {
    const data = { message: "slow down", statusCode: 429, responseHeaders: { "retry-after": header } };
    const line = JSON.stringify({ type: "error", timestamp: 1000, error: { name: "APIError", data } });
    expect(opencode.parseLine(line, "stdout")).toMatchObject([{}, { class: "overloaded", resetAt }]);
  });

  it("two first starts at once: the one that lost is tried again, and the agent is not parked", () => {
    const stderr = "Error: Failed query: CREATE TABLE `project` (\n";
    expect(play("opencode", { lines: [], end: { exit: 1, signal: null, stderr } }).conclusion).toMatchObject({
      failure: "agent",
    });
    const other = play("opencode", {
      lines: [],
      end: { exit: 1, signal: null, stderr: "ProviderModelNotFoundError: x" },
    });
    expect(other.conclusion).toMatchObject({ failure: "setup" });
  });
});

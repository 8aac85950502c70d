import { describe, expect, it } from "vitest";
import { codex } from "../../../src/agents/codex/index.ts";
import { ENDED_AT, play, readTranscript, replay } from "./replay.ts";

const STARTED = '{"type":"thread.started","thread_id":"t"}';
const failing = (message: string) => ({
  lines: [STARTED, JSON.stringify({ type: "turn.failed", error: { message } })],
  end: { exit: 1, signal: null, stderr: "" },
});

describe("codex", () => {
  it("`item.completed` of type error is only a warning", () => {
    const { events, summary, conclusion } = replay("codex", "ok-tools");
    expect(events).toContainEqual({
      kind: "text",
      text: expect.stringMatching(/^warning: Model metadata for `gpt-5\.4` not found/),
      isAnswer: false,
    });
    expect(summary.error).toBeNull();
    expect(conclusion.state).toBe("done");
  });

  it.each([
    ["unexpected status 401 Unauthorized: Incorrect API key provided: dummy., url: http://h/v1/responses", "setup"],
    ["unexpected status 403 Forbidden: Your account does not have access., url: http://h", "setup"],
    ["unexpected status 404 Not Found: model: no-such-model, url: http://h", "setup"],
    ["unexpected status 400 Bad Request: bad input, url: http://h", "agent"],
    ["Quota exceeded. Check your plan and billing details.", "setup"],
    ["You’ve hit your usage limit. Visit https://h/usage to purchase more credits or try again later.", "overloaded"],
    ["exceeded retry limit, last status: 429 Too Many Requests", "overloaded"],
    ["unexpected status 503 Service Unavailable: Overloaded, url: http://h", "overloaded"],
    ["unexpected status 529 : Overloaded, url: http://h", "overloaded"],
    ["We’re currently experiencing high demand, which may cause temporary errors.", "overloaded"],
    ["stream disconnected before completion: stream closed before response.completed", "overloaded"],
    ["Connection failed: error sending request", "overloaded"],
    ["request timed out", "overloaded"],
    ["Codex ran out of room in the model's context window. Start a new thread.", "agent"],
    ["stream disconnected before completion: Incomplete response returned, reason: max_output_tokens", "agent"],
    ["something else", "agent"],
  ])("turn.failed is classified by its words: %s", (message, failure) => {
    const { conclusion } = play("codex", failing(message));
    expect(conclusion).toMatchObject({ state: "failed", failure });
    if (conclusion.state === "failed") expect(conclusion.reason).not.toMatch(/https?:\/\/h\/v1|, url/);
  });

  it.each([
    ["try again at 3:28 PM.", "2026-11-20T15:28:00Z"],
    ["try again at 9:05 AM.", "2026-11-21T09:05:00Z"],
    ["try again at Nov 24th, 2026 12:30 PM.", "2026-11-24T12:30:00Z"],
    ["try again in 3 days 6 hours 57 minutes.", "2026-11-23T18:57:00Z"],
    ["try again in 20s.", "2026-11-20T12:00:20Z"],
    ["try again later.", null],
  ])("a usage limit: %s", (words, expected) => {
    const run = failing(`You've hit your usage limit. Upgrade to Pro (https://h/pro) or ${words}`);
    expect(play("codex", run).conclusion).toMatchObject({
      failure: "overloaded",
      resetAt: expected === null ? null : Date.parse(expected),
    });
    expect(play("codex", run, { endedAt: null }).conclusion).toMatchObject({ failure: "overloaded", resetAt: null });
  });

  it("usage of a resumed conversation is cumulative: what was before is subtracted", () => {
    const before = { input: 800, output: 50, cached: 200 };
    expect(replay("codex", "resume").summary.tokens).toEqual({ input: 1600, output: 100, cached: 400 });
    expect(replay("codex", "resume", {}, before).summary).toMatchObject({
      tokens: before,
      costUsd: null,
      unpriced: new Map([["", { ...before, written: 0 }]]),
    });
  });

  it("counts a tool once, when it begins; a change of files when it is made", () => {
    expect(replay("codex", "ok-tools").summary.toolCalls).toBe(3);
    const item = { id: "item_1", type: "file_change", changes: [{ path: "WT/README.md", kind: "update" }] };
    const line = (type: string) => JSON.stringify({ type, item });
    expect(codex.parseLine(line("item.started"), "stdout")).toEqual([]);
    expect(codex.parseLine(line("item.completed"), "stdout")).toEqual([
      { kind: "tool", name: "file_change", detail: "WT/README.md" },
    ]);
  });

  it("a retry is no failure yet, and what comes after it shows that it is over", () => {
    const [started = "", ...rest] = readTranscript("codex", "overloaded").lines;
    const retry = rest.find((line) => line.includes("Reconnecting")) ?? "";
    const { end, lines } = readTranscript("codex", "ok-tools");
    const { summary, conclusion } = play("codex", { end, lines: [started, retry, ...lines] });
    expect(codex.parseLine(retry, "stdout")).toMatchObject([{ class: "overloaded", isRetried: true }]);
    expect(summary).toMatchObject({ error: null, retrying: null });
    expect(conclusion.state).toBe("done");
  });

  it("an option it does not know is a matter of its version", () => {
    const stderr = "error: unexpected argument '--json' found\n\nUsage: codex [OPTIONS] [PROMPT]";
    expect(play("codex", { lines: [], end: { exit: 2, signal: null, stderr } }).conclusion).toMatchObject({
      failure: "setup",
    });
  });

  it("a conversation that is gone is not the agent's fault", () => {
    const stderr = "Error: thread/resume failed: no rollout found for thread id 01a1\n";
    expect(
      play("codex", { lines: [], end: { exit: 1, signal: null, stderr } }, { endedAt: ENDED_AT }).conclusion,
    ).toMatchObject({
      failure: "agent",
      reason: "the conversation to go on with is gone",
    });
  });
});

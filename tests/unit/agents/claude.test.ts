import { describe, expect, it } from "vitest";
import { claude } from "../../../src/agents/claude/index.ts";
import { costOf, knownCostOf, SHIPPED_PRICES } from "../../../src/agents/prices.ts";
import type { EMPTY_SUMMARY } from "../../../src/agents/summarise.ts";
import { play, readTranscript, replay } from "./replay.ts";

const END = { exit: 0, signal: null, stderr: "" };
const INIT = '{"type":"system","subtype":"init","session_id":"s","model":"m","permissionMode":"bypassPermissions"}';
const say = (text: string, more = "") =>
  `{"type":"assistant","message":{"content":[{"type":"text","text":"${text}"}]},"parent_tool_use_id":null${more}}`;
const result = (more: string) =>
  `{"terminal_reason":"completed","is_error":false,"subtype":"success",${more},"type":"result"}`;

describe("claude: success", () => {
  it("exit 0 on SIGINT is no success", () => {
    const { conclusion, summary } = replay("claude", "int-tool");
    expect(readTranscript("claude", "int-tool").end.exit).toBe(0);
    expect(conclusion).toMatchObject({ state: "failed", failure: "agent", reason: "ended by aborted_tools" });
    expect(conclusion.message).toBe("Long command.");
    expect(summary.costUsd).toBeCloseTo(0.004185, 9);
  });

  it('`subtype: "success"` with `is_error` is no success, even where it ends with 0', () => {
    expect(readTranscript("claude", "forbidden403").lines.join("\n")).toContain('"subtype":"success"');
    expect(replay("claude", "forbidden403", { exitCode: 0 }).conclusion).toMatchObject({ failure: "setup" });
  });

  it("limit stops without a `result` text keep the last assistant text", () => {
    expect(replay("claude", "budget-tiny").conclusion).toMatchObject({
      failure: "budget",
      reason: "Reached maximum budget ($0.0001)",
      message: "Final answer from the rig.",
    });
    expect(replay("claude", "max-turns").conclusion).toMatchObject({
      failure: "agent",
      reason: "Reached maximum number of turns (2)",
      message: "Again.",
    });
  });

  it("several `init` and `result` lines in one process: the last result counts, and all of the costs", () => {
    const cost = (usd: number) =>
      `"model_usage_since_last_result":{"m":{"inputTokens":10,"outputTokens":1,"costUSD":${usd}}}`;
    const first = [INIT, say("Started it."), result(`"result":"Started it.",${cost(0.25)},"total_cost_usd":0.25`)];
    const second = [INIT, say("It is done."), result(`"result":"It is done.",${cost(0.5)},"total_cost_usd":0.75`)];
    const whole = play("claude", { lines: [...first, ...second], end: END });
    expect(whole.conclusion).toEqual({ state: "done", message: "It is done." });
    expect(whole.summary).toMatchObject({ costUsd: 0.75, tokens: { input: 20, output: 2 } });
    const failing = result('"result":"API Error: 529 Overloaded","api_error_status":529').replace("false", "true");
    expect(play("claude", { lines: [...first, INIT, failing], end: END }).conclusion).toMatchObject({
      failure: "overloaded",
      message: "Started it.",
    });
  });

  it("a process that does not exit after its result is done when its time is over, unless it went on", () => {
    const { lines } = readTranscript("claude", "ok-tools");
    const wall = { cause: "wall", exitCode: null, signal: "SIGKILL" } as const;
    expect(play("claude", { lines, end: END }, wall).conclusion).toMatchObject({ state: "done" });
    for (const line of [INIT, say("One more thing.")]) {
      expect(play("claude", { lines: [...lines, line], end: END }, wall).conclusion).toMatchObject({
        failure: "agent",
        reason: "ran longer than its time limit",
      });
    }
    expect(replay("claude", "max-turns", wall).conclusion).toMatchObject({ state: "failed" });
    expect(play("claude", { lines, end: END }, { ...wall, wasStopped: true }).conclusion).toMatchObject({
      failure: "stopped",
    });
  });

  it("ends without a result: no success, whatever the exit", () => {
    expect(play("claude", { lines: [INIT, say("Done.")], end: END }).conclusion).toMatchObject({
      failure: "agent",
      reason: "ended without a result",
      message: "Done.",
    });
  });

  it("what a subagent says is not the answer, and its tools count", () => {
    const { events, summary } = replay("claude", "subagent-file");
    expect(events).toContainEqual({ kind: "text", text: "Sub looks.", isAnswer: false });
    expect(events).toContainEqual({ kind: "tool", name: "Bash", detail: "echo from-sub" });
    expect(summary).toMatchObject({ answer: "Got it from the subagent.", toolCalls: 2 });
  });
});

describe("claude: calls that no result has counted", () => {
  const call = (id: string, tokens: { in: number; out?: number; cached?: number; written?: number }, more = "") =>
    `{"type":"assistant","message":{"id":"${id}","model":"claude-sonnet-4-5","content":[{"type":"text","text":"."}],` +
    `"usage":{"input_tokens":${tokens.in},"cache_creation_input_tokens":${tokens.written ?? 0},` +
    `"cache_read_input_tokens":${tokens.cached ?? 0},"output_tokens":${tokens.out ?? 1}}}${more}}`;
  const counted = (input: number, output: number, usd: number) =>
    result(
      `"result":"Done.","model_usage_since_last_result":{"m":{"inputTokens":${input},"outputTokens":${output},"costUSD":${usd}}}`,
    );
  const of = (...lines: string[]) => play("claude", { lines, end: END }).summary;
  const least = (summary: typeof EMPTY_SUMMARY) => knownCostOf(summary, null, [SHIPPED_PRICES]).usd;

  it("a run that is ended before its result has used up what its lines told", () => {
    const { summary } = replay("claude", "term-tool");
    expect(summary).toMatchObject({ tokens: { input: 1100, output: 1, cached: 200 }, costUsd: null });
    expect(costOf(summary, null, [SHIPPED_PRICES])).toBeNull();
    expect(least(summary)).toBeCloseTo((1000 * 3 + 100 * 3.75 + 15 + 200 * 0.3) / 1e6, 12);
  });

  it("what lines tell is what the result counts, but for the output", () => {
    for (const name of ["ok-tools", "deny", "subagent-file", "resume", "resume-197"]) {
      const { lines, end } = readTranscript("claude", name);
      const whole = play("claude", { lines, end }).summary;
      const cut = play("claude", { lines: lines.filter((it) => !it.includes('"type":"result"')), end }).summary;
      expect(cut.tokens).toMatchObject({ input: whole.tokens.input, cached: whole.tokens.cached });
      expect(costOf(whole, null, [])).toBe(whole.costUsd);
    }
  });

  it("a call is counted once however many lines it has, with the last of its figures", () => {
    const side = ',"parent_tool_use_id":"toolu_1"';
    const summary = of(INIT, call("a", { in: 10 }), call("b", { in: 5 }, side), call("a", { in: 10, out: 7 }));
    expect(summary.tokens).toEqual({ input: 15, output: 8, cached: 0 });
  });

  it("a result takes their place, and what comes after it is on top", () => {
    const first = [INIT, call("a", { in: 10 }), counted(12, 5, 0.25)];
    expect(of(...first)).toMatchObject({ tokens: { input: 12, output: 5 }, costUsd: 0.25 });
    expect(costOf(of(...first), null, [SHIPPED_PRICES])).toBe(0.25);
    const going = of(...first, INIT, call("b", { in: 1_000_000 }));
    expect(going.tokens).toEqual({ input: 1_000_012, output: 6, cached: 0 });
    expect(costOf(going, null, [SHIPPED_PRICES])).toBeNull();
    expect(least(going)).toBeCloseTo(3.250015, 9);
    expect(of(...first, INIT, call("b", { in: 1 }), counted(3, 2, 0.5))).toMatchObject({
      tokens: { input: 15, output: 7 },
      costUsd: 0.75,
    });
  });

  it("calls of a model without a price, or of none at all, add nothing to the cost", () => {
    const strange = call("a", { in: 10 }).replace("claude-sonnet-4-5", "claude-next");
    expect(least(of(INIT, strange))).toBe(0);
    expect(of(INIT, call("a", { in: 0, out: 0 })).calls.byModel.size).toBe(0);
  });
});

describe("claude: cost", () => {
  it("cost on resume is that of this run (model_usage_since_last_result)", () => {
    const lines = readTranscript("claude", "resume").lines.join("\n");
    expect(lines).toContain('"total_cost_usd":0.00837');
    expect(replay("claude", "resume").summary).toMatchObject({
      costUsd: 0.004185,
      tokens: { input: 1100, output: 50, cached: 200 },
    });
  });

  it("cost on resume with a version that has no such field is its total", () => {
    expect(readTranscript("claude", "resume-197").lines.join("\n")).not.toContain("model_usage_since_last_result");
    expect(replay("claude", "resume-197").summary).toMatchObject({ costUsd: 0.004185, tokens: { input: 1100 } });
  });

  it("counts subagents, which `usage` leaves out", () => {
    expect(replay("claude", "subagent-file").summary).toMatchObject({
      costUsd: expect.closeTo(0.008649, 9),
      tokens: { input: 4400, output: 200, cached: 800 },
    });
  });

  it("is unknown, not 0, for a run that was ended before its result", () => {
    expect(replay("claude", "term-tool").summary.costUsd).toBeNull();
    expect(replay("claude", "no-key").summary.costUsd).toBe(0);
  });
});

describe("claude: what its lines say", () => {
  it("has the conversation's id and the model from the first line, and the model that took over", () => {
    expect(replay("claude", "ok-text").summary).toMatchObject({ model: "claude-sonnet-4-5" });
    const { summary, events } = replay("claude", "fallback-model");
    expect(summary).toMatchObject({ model: "claude-haiku-4-5", retrying: null, error: null });
    expect(summary.sessionId).toMatch(/^450e23c7-/);
    expect(events.filter((it) => it.kind === "error")).toMatchObject([
      { class: "overloaded", isRetried: true, message: "waits after 529 overloaded" },
      { class: "overloaded", isRetried: true },
    ]);
  });

  it("an error of the provider is no answer, and its code goes before its words", () => {
    expect(replay("claude", "credit400").summary.answer).toBe("");
    const lines = readTranscript("claude", "credit400").lines.map((line) =>
      line.replaceAll("Credit balance is too low", "No."),
    );
    expect(play("claude", { lines, end: { ...END, exit: 1 } }).conclusion).toMatchObject({
      failure: "setup",
      reason: "No.",
    });
  });

  it("a wrong key is known from the first retry, minutes before it gives up", () => {
    const [, retry] = readTranscript("claude", "auth401").lines;
    expect(claude.parseLine(retry ?? "", "stdout")).toMatchObject([{ kind: "error", class: "setup", isRetried: true }]);
  });

  it("tells when another permission mode was taken than asked for, and a good result takes that back", () => {
    const init = INIT.replace("bypassPermissions", "default");
    expect(play("claude", { lines: [init], end: { ...END, exit: 1 } }).conclusion).toMatchObject({
      failure: "setup",
      reason: expect.stringContaining("permission mode 'default'"),
    });
    expect(play("claude", { lines: [init, result('"result":"ok"')], end: END }).conclusion.state).toBe("done");
  });

  it("a usage limit has its reset time from the event, where there is one", () => {
    const limit =
      '{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":1795220000,"rateLimitType":"five_hour"}}';
    const allowed = limit.replace("rejected", "allowed");
    expect(claude.parseLine(allowed, "stdout")).toEqual([]);
    const failing = readTranscript("claude", "rate429-long");
    expect(play("claude", { ...failing, lines: [limit, ...failing.lines] }).conclusion).toMatchObject({
      failure: "overloaded",
      resetAt: 1_795_220_000_000,
    });
  });

  it.each([
    ["You've hit your limit · resets 3pm (UTC)", "2026-11-20T15:00:00Z"],
    ["You've hit your session limit · resets 10:30am (America/New_York)", "2026-11-20T15:30:00Z"],
    ["Claude AI usage limit reached|1795220000", "2026-11-21T00:13:20Z"],
    ["API Error: Request rejected (429) · slow down", null],
  ])("a usage limit has its reset time from the words: %s", (text, expected) => {
    const failing = result(`"result":"${text}","api_error_status":429`).replace('"is_error":false', '"is_error":true');
    expect(play("claude", { lines: [INIT, failing], end: { ...END, exit: 1 } }).conclusion).toMatchObject({
      failure: "overloaded",
      resetAt: expected === null ? null : Date.parse(expected),
    });
  });

  it("a timeout is the provider's", () => {
    const text = "Request timed out. Check your connection; set API_TIMEOUT_MS above 5000";
    const failing = result(`"result":"${text}","api_error_status":null`)
      .replace('"is_error":false', '"is_error":true')
      .replace("completed", "api_error");
    expect(play("claude", { lines: [INIT, failing], end: { ...END, exit: 1 } }).conclusion).toMatchObject({
      failure: "overloaded",
    });
  });

  it("a refused tool is shown", () => {
    expect(replay("claude", "deny").events).toContainEqual({
      kind: "text",
      text: expect.stringMatching(/^not permitted: Write: /),
      isAnswer: false,
    });
  });

  it.each([
    ["--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons", "setup"],
    ["error: unknown option '--setting-sources'", "setup"],
    ["No conversation found with session ID: 5e2c", "agent"],
  ])("ended before it began: %s", (stderr, failure) => {
    expect(play("claude", { lines: [], end: { exit: 1, signal: null, stderr } }).conclusion).toMatchObject({ failure });
  });
});

describe("claude: its sandbox", () => {
  it("one that does not work here is a matter of the set-up, whoever tries", () => {
    const { conclusion } = replay("claude", "no-sandbox");
    expect(conclusion).toMatchObject({ state: "failed", failure: "setup" });
    expect(conclusion).toHaveProperty("reason", expect.stringMatching(/^Sandbox required but unavailable: .*socat/));
  });
});

describe("claude: megabyte lines", () => {
  it("what a tool gave back is passed over", () => {
    const line = `{"type":"user","message":{"content":[{"type":"tool_result","content":"${"y".repeat(5_000_000)}"}]}}`;
    expect(claude.parseLine(line, "stdout")).toEqual([]);
  });

  it("a call whose line was cut counts, and is one short line", () => {
    const call = `{"type":"assistant","message":{"id":"m","content":[{"type":"tool_use","id":"t","name":"Write","input":{"file_path":"WT/a","content":"${"y".repeat(2_000_000)}"}}]}}`;
    expect(claude.parseLine(call, "stdout")).toEqual([{ kind: "tool", name: "Write", detail: "WT/a" }]);
    expect(claude.parseLine(call.slice(0, 1_000_000), "stdout")).toEqual([{ kind: "tool", name: "Write", detail: "" }]);
  });
});

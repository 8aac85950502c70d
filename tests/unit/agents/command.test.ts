import { describe, expect, it } from "vitest";
import type { LaunchRequest, RunFacts } from "../../../src/agents/adapter.ts";
import { command } from "../../../src/agents/command/index.ts";
import { EMPTY_SUMMARY, summarise } from "../../../src/agents/summarise.ts";

const REQUEST: LaunchRequest = {
  prompt: "the prompt",
  systemPrompt: "the rules",
  taskBody: "",
  persona: null,
  model: null,
  effort: null,
  maxToolCalls: null,
  tools: null,
  command: ["llm", "--json"],
  sessionDir: "/w/.session",
};

describe("command", () => {
  it("gets the rules and the prompt on standard input, and the rest by environment", () => {
    expect(command.launch({ ...REQUEST, model: "m", effort: "high", maxToolCalls: 3 })).toEqual({
      file: "llm",
      args: ["--json"],
      stdin: "the rules\n\nthe prompt",
      env: {
        KANBAND_MODEL: "m",
        KANBAND_EFFORT: "high",
        KANBAND_MAX_TOOL_CALLS: "3",
        KANBAND_SESSION_DIR: "/w/.session",
      },
    });
    expect(command.launch({ ...REQUEST, systemPrompt: "" })).toMatchObject({ stdin: "the prompt" });
  });

  it.each([[null], [[]], [[""]]])("has a problem without a program: %j", (program) => {
    expect(command.launch({ ...REQUEST, command: program })).toEqual({ problem: expect.stringContaining("agents:") });
  });

  it.each([
    ['{"kanband":"started","session_id":"s"}', { kind: "started", sessionId: "s" }],
    ['{"kanband":"text","text":"hi"}', { kind: "text", text: "hi", isAnswer: true }],
    ['{"kanband":"tool","name":"Bash","detail":"ls"}', { kind: "tool", name: "Bash", detail: "ls" }],
    [
      '{"kanband":"usage","cost_usd":0.2,"input":1,"output":2,"cached":3,"total":true}',
      { kind: "usage", costUsd: 0.2, input: 1, output: 2, cached: 3, isTotal: true },
    ],
    [
      '{"kanband":"usage","cost_usd":-1,"input":"x"}',
      { kind: "usage", costUsd: null, input: 0, output: 0, cached: 0, isTotal: false },
    ],
    ['{"kanband":"result","text":"all","is_error":false}', { kind: "result", text: "all", isError: false }],
    [
      '{"kanband":"error","class":"overloaded","message":"m","reset_at":"1970-01-01T00:00:01Z"}',
      { kind: "error", class: "overloaded", message: "m", resetAt: 1000 },
    ],
    // A program says neither that it was stopped nor what the daemon's checks came to.
    ['{"kanband":"error","class":"stopped"}', { kind: "error", class: "agent", resetAt: null }],
    ['{"kanband":"unheard-of"}', { kind: "text", text: '{"kanband":"unheard-of"}', isAnswer: true }],
    ['{"other":1}', { kind: "text", text: '{"other":1}', isAnswer: true }],
  ])("reads %s", (line, event) => {
    expect(command.parseLine(line, "stdout")).toMatchObject([event]);
    expect(command.parseLine(line, "stderr")).toEqual([{ kind: "text", text: line, isAnswer: false }]);
  });

  const answered: RunFacts = {
    exitCode: 0,
    signal: null,
    cause: "exit",
    summary: { ...EMPTY_SUMMARY, answer: "yes" },
    stderrTail: "",
    wasStopped: false,
  };

  it.each([126, 127])("takes exit %i for a program that cannot be run", (exitCode) => {
    expect(command.conclude({ ...answered, exitCode })).toMatchObject({ state: "failed", failure: "setup" });
    expect(command.conclude({ ...answered, exitCode, wasStopped: true })).toMatchObject({ failure: "stopped" });
  });

  it("takes an empty answer for a failure", () => {
    const summary = { ...EMPTY_SUMMARY, answer: " \n" };
    expect(command.conclude({ ...answered, summary })).toMatchObject({
      failure: "agent",
      reason: "ended without an answer",
    });
    // A tool of the board was to do something, and did.
    const message = "It succeeded and printed nothing.";
    expect(command.conclude({ ...answered, summary, maySayNothing: true })).toEqual({ state: "done", message });
    expect(command.conclude({ ...answered, summary, maySayNothing: true, exitCode: 1 })).toMatchObject({
      state: "failed",
    });
  });

  it("answers with its result where it gave one, and forgets an error that a good result followed", () => {
    const lines = ["thinking", '{"kanband":"error","message":"hiccup"}', '{"kanband":"result","text":"The end."}'];
    const summary = summarise(
      command,
      EMPTY_SUMMARY,
      lines.flatMap((line) => command.parseLine(line, "stdout")),
    );
    expect(command.conclude({ ...answered, summary })).toEqual({ state: "done", message: "The end." });
  });
});

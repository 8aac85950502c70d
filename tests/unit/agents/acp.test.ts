import { describe, expect, it } from "vitest";
import { acp } from "../../../src/agents/acp/index.ts";
import type { AcpRequest } from "../../../src/agents/acp/wire.ts";
import type { LaunchRequest } from "../../../src/agents/adapter.ts";
import { play } from "./replay.ts";

const REQUEST: LaunchRequest = {
  prompt: '/compact @/etc/hostname "quoted"',
  systemPrompt: "You review.",
  taskBody: "",
  persona: null,
  model: null,
  effort: null,
  maxToolCalls: null,
  tools: null,
  command: ["gemini", "--acp"],
  sessionDir: ".session",
};

function launch(more: Partial<LaunchRequest> = {}) {
  const launched = acp.launch({ ...REQUEST, ...more });
  if ("problem" in launched) throw new Error(launched.problem);
  const asked: AcpRequest = JSON.parse(launched.stdin);
  return { ...launched, asked };
}

function problem(more: Partial<LaunchRequest>): string | null {
  const launched = acp.launch({ ...REQUEST, ...more });
  return "problem" in launched ? launched.problem : null;
}

describe("launch acp", () => {
  it("starts its own client, which has all it needs on standard input", () => {
    const { file, args, needs, asked } = launch({ model: "gemini-2.5-pro", resume: "s-1" });
    expect([file, ...args].join(" ")).toMatch(/^\S+ \S*acp-client\/main\.js$/);
    expect(file).toBe(process.execPath);
    expect(needs).toEqual(["gemini"]);
    expect(asked).toMatchObject({
      command: ["gemini", "--acp"],
      model: "gemini-2.5-pro",
      resume: "s-1",
      permission: "all",
    });
  });

  it("the prompt is inert, with the persona before it for agents that have no other place", () => {
    const { asked } = launch();
    expect(asked.prompt).toMatch(/^[A-Z][a-z ]+\.\n\n\/compact /);
    expect(asked.prompt).not.toContain("You review.");
    expect(asked.promptWithPersona).toMatch(/^[A-Z][^/]*\n\nYou review\.\n\n[A-Z][a-z ]+\.\n\n\/compact /);
    expect(asked.persona).toBe("You review.");
    expect(launch({ systemPrompt: " \n" }).asked).toMatchObject({ persona: null, promptWithPersona: asked.prompt });
  });

  it("needs a program", () => {
    expect(problem({ command: null })).toMatch(/names no program.*acp\/gemini/);
    expect(problem({ command: [] })).toMatch(/names no program/);
  });

  it.each(["--version", "-x", "", "a b", "a\nb", "a\u0000"])("a name can not become an option: %j", (name) => {
    expect(problem({ model: name })).toMatch(/model/);
    expect(problem({ resume: name })).toMatch(/conversation/);
    expect(problem({ effort: name })).toMatch(/effort/);
    expect(problem({ tools: { allow: [name], deny: [] } })).toMatch(/tools/);
  });

  it("says the rules for tools in kinds, which all agents have", () => {
    const { asked } = launch({ tools: { allow: ["Read", "Bash(npm test:*)"], deny: ["apply_patch"] } });
    expect(asked.allow).toEqual([
      { names: ["Read", "read"], pattern: null },
      { names: ["Bash", "execute"], pattern: "npm test*" },
    ]);
    expect(asked.deny).toEqual([{ names: ["apply_patch"], pattern: null }]);
    expect(problem({ tools: { allow: ["Teleport"], deny: [] } })).toBe("acp has no tool 'Teleport'");
  });

  it("lets agents ask, unless everything is allowed", () => {
    expect(launch().asked.modes).toEqual(["agent-full-access", "default"]);
    expect(launch({ permission: "read" }).asked.modes).toEqual(["read-only", "default"]);
    expect(launch({ tools: { allow: [], deny: ["Bash"] } }).asked.modes).not.toContain("agent-full-access");
    expect(launch().env["OPENCODE_CONFIG_CONTENT"]).not.toContain("ask");
    expect(launch({ permission: "edit" }).env["OPENCODE_CONFIG_CONTENT"]).toContain('"bash":"deny"');
    expect(launch({ tools: { allow: ["Read"], deny: [] } }).env["OPENCODE_CONFIG_CONTENT"]).toContain('"bash":"ask"');
  });

  it("keeps the worktree's own settings from taking effect, unless they are trusted", () => {
    expect(launch().asked.meta).toEqual({ claudeCode: { options: { settingSources: ["user"] } } });
    expect(launch().env).toHaveProperty("OPENCODE_DISABLE_PROJECT_CONFIG");
    expect(launch({ trustsWorktree: true }).asked.meta).toEqual({});
    expect(launch({ trustsWorktree: true }).env).not.toHaveProperty("OPENCODE_DISABLE_PROJECT_CONFIG");
  });
});

const line = (what: string, facts: object = {}) => JSON.stringify({ acp: what, ...facts });
const SESSION = line("session", { id: "s-1", model: "m" });
const USAGE = { inputTokens: 800, outputTokens: 43, totalTokens: 1050, thoughtTokens: 7, cachedReadTokens: 200 };

function concluded(lines: readonly string[], exit = 0) {
  return play("acp", { lines: [SESSION, ...lines], end: { exit, signal: null, stderr: "noise\n" } });
}

describe("acp, the one truth about success", () => {
  const said = (text: string) => line("text", { text });
  const stop = (facts: object) => line("stop", { reason: "end_turn", usage: USAGE, said: "Done.", ...facts });

  it("a turn that ended, with an answer, is done", () => {
    expect(
      concluded([said("First."), line("tool", { name: "read", detail: "" }), said("Do"), said("ne."), stop({})])
        .conclusion,
    ).toEqual({
      state: "done",
      message: "Done.",
    });
  });

  it.each([
    ["without an answer", [stop({ said: "" })], "agent", /^ended without an answer$/],
    [
      "an error as text, of an agent that used nothing",
      [said("Error: HTTP 401"), stop({ usage: null, said: "Error: HTTP 401" })],
      "setup",
      /^HTTP 401$/,
    ],
    [
      "an error as the provider sent it",
      [said('{"error":{"message":"Overloaded"}}'), stop({ usage: null, said: '{"error":{"message":"Overloaded"}}\n' })],
      "overloaded",
      /^Overloaded$/,
    ],
    [
      "an agent that calls itself broken",
      [said("x"), stop({ state: "systemError", said: "context length exceeded" })],
      "agent",
      /context length/,
    ],
    ["a refused permission", [said("x"), stop({ refused: "Bash rm x" })], "agent", /refused: Bash rm x$/],
    ["max_tokens", [said("x"), stop({ reason: "max_tokens" })], "agent", /max_tokens/],
    ["max_turn_requests", [said("x"), stop({ reason: "max_turn_requests" })], "agent", /limit of requests/],
    ["refusal", [said("x"), stop({ reason: "refusal" })], "agent", /refused/],
    ["cancelled by somebody else", [said("x"), stop({ reason: "cancelled" })], "agent", /cancelled/],
    ["a reason of the future", [said("x"), stop({ reason: "tired" })], "agent", /tired/],
    ["no stop at all", [said("x")], "agent", /without a result/],
  ])("no success: %s", (_, lines, failure, reason) => {
    expect(concluded(lines).conclusion).toMatchObject({
      state: "failed",
      failure,
      reason: expect.stringMatching(reason),
    });
  });

  it("a model that speaks of an error, and was heard, is believed", () => {
    const text = "Error: was caused by a missing import; I added it.";
    expect(concluded([said(text), stop({ said: text })]).conclusion).toEqual({
      state: "done",
      message: text,
    });
  });

  it("what Copilot says while it tries again is no answer", () => {
    const retry = line("note", { text: "Info: Request failed due to a transient API error. Retrying..." });
    expect(concluded([retry, said("Done."), stop({})]).conclusion).toEqual({ state: "done", message: "Done." });
    expect(concluded([retry], 1).conclusion).toMatchObject({
      failure: "overloaded",
      reason: expect.stringMatching(/transient/),
    });
  });

  it.each([
    [
      { at: "prompt", message: "Internal error", code: -32603, data: { details: "401 invalid key" } },
      "setup",
      "401 invalid key",
    ],
    [
      { at: "prompt", message: "Internal error: invalid key", code: -32603, data: { errorName: "APIError" } },
      "agent",
      "invalid key",
    ],
    [{ at: "prompt", message: '{"error":{"code":401,"message":"invalid key"}}', code: 401 }, "setup", "invalid key"],
    [
      { at: "prompt", message: "Internal error: x", code: -32603, data: { errorKind: "overloaded" } },
      "overloaded",
      "x",
    ],
    [
      { at: "prompt", message: "Internal error", code: -32603, data: { details: "429 rate limit" } },
      "overloaded",
      "429 rate limit",
    ],
    [{ at: "prompt", message: "the agent ended by SIGKILL", code: null }, "agent", "the agent ended by SIGKILL"],
    [{ at: "session", message: "Authentication required", code: -32000 }, "setup", "Authentication required"],
    [{ at: "session", message: "no such thing", code: -32602 }, "setup", "no such thing"],
    [{ at: "session", message: "Failed query: CREATE TABLE", code: -32603 }, "agent", "Failed query: CREATE TABLE"],
    [{ at: "spawn", message: "the program was not found" }, "setup", "the program was not found"],
    [{ at: "settings", message: "the agent offers no model 'x'" }, "setup", "the agent offers no model 'x'"],
    [
      { at: "initialize", message: "the agent ended with exit 1: fetch failed" },
      "overloaded",
      "the agent ended with exit 1: fetch failed",
    ],
    [{}, "setup", "the agent failed"],
  ])("an error %j", (facts, failure, reason) => {
    expect(concluded([line("error", facts)], 1).conclusion).toMatchObject({ state: "failed", failure, reason });
  });
});

describe("acp, what a turn used up", () => {
  const used = (facts: object, cost: object[] = []) => {
    const stop = line("stop", { reason: "end_turn", usage: null, ...facts });
    const { summary } = concluded([...cost.map((it) => line("cost", it)), stop]);
    return { costUsd: summary.costUsd, tokens: summary.tokens, unpriced: [...summary.unpriced] };
  };

  it.each([
    ["cache and thoughts beside", { usage: USAGE }, { input: 800, output: 50, cached: 200 }],
    [
      "cache within the input",
      {
        usage: {
          inputTokens: 3000,
          outputTokens: 150,
          totalTokens: 3150,
          thoughtTokens: 21,
          cachedReadTokens: 600,
          cachedWriteTokens: 0,
        },
      },
      { input: 2400, output: 150, cached: 600 },
    ],
    [
      "written to the cache, beside",
      {
        usage: {
          inputTokens: 3000,
          outputTokens: 150,
          cachedReadTokens: 600,
          cachedWriteTokens: 300,
          totalTokens: 4050,
        },
      },
      { input: 3300, output: 150, cached: 600 },
    ],
    ["no cache at all", { usage: { inputTokens: 5, outputTokens: 2 } }, { input: 5, output: 2, cached: 0 }],
    [
      "by model",
      {
        usage: USAGE,
        quota: {
          model_usage: [
            { model: "a", token_count: { input_tokens: 7, output_tokens: 3 } },
            { model: "b", token_count: { input_tokens: 1, output_tokens: 1 } },
          ],
        },
      },
      { input: 8, output: 4, cached: 0 },
    ],
    ["nothing told", {}, { input: 0, output: 0, cached: 0 }],
  ])("%s", (_, facts, tokens) => {
    expect(used(facts)).toMatchObject({ costUsd: null, tokens });
  });

  it("a cost is a total, and replaces what was told before", () => {
    expect(used({ usage: USAGE, usd: 0.5 }, [{ usd: 0.25 }])).toEqual({
      costUsd: 0.5,
      tokens: { input: 800, output: 50, cached: 200 },
      unpriced: [],
    });
  });

  it("a cost of 0 for tokens is that of an agent without prices", () => {
    // And its tokens are those of the last call only.
    expect(used({ usage: USAGE, usd: 0, tellsCost: true })).toEqual({
      costUsd: null,
      tokens: { input: 0, output: 0, cached: 0 },
      unpriced: [],
    });
    // So it is with the cost of a conversation that went on, which is not told.
    expect(used({ usage: USAGE, usd: null, tellsCost: true })).toMatchObject({ costUsd: null, unpriced: [] });
    expect(used({ usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0 }, usd: 0 })).toMatchObject({ costUsd: 0 });
  });

  it("tokens are kept by model, for the price tables", () => {
    const quota = {
      model_usage: [
        {
          model: "gpt-5.5",
          token_count: {
            totalTokens: 3150,
            inputTokens: 2400,
            cachedInputTokens: 600,
            outputTokens: 150,
            reasoningOutputTokens: 21,
          },
        },
      ],
    };
    expect(used({ quota }).unpriced).toEqual([["gpt-5.5", { input: 2400, output: 150, cached: 600, written: 0 }]]);
  });
});

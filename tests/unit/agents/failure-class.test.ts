import { describe, expect, it } from "vitest";
import { cannotResume, classOfMessage, classOfStatus, isFirstStartRace } from "../../../src/agents/failure-class.ts";

describe("classOfStatus", () => {
  it.each([
    [400, "agent"],
    [401, "setup"],
    [402, "setup"],
    [403, "setup"],
    [404, "setup"],
    [408, "overloaded"],
    [413, "agent"],
    [422, "agent"],
    [429, "overloaded"],
    [500, "overloaded"],
    [503, "overloaded"],
    [529, "overloaded"],
    [200, null],
    [0, null],
    [600, null],
    [Number.NaN, null],
  ])("%i is %s", (status, expected) => {
    expect(classOfStatus(status)).toBe(expected);
  });
});

describe("classOfMessage", () => {
  it.each([
    // A bill is not paid, whatever the status says; a limit of a subscription ends by itself, whatever it offers to sell.
    ["Credit balance is too low", 400, "setup"],
    ["insufficient_quota", 429, "setup"],
    ["You've hit your usage limit. Visit https://h to purchase more credits", null, "overloaded"],
    ["You've hit your weekly limit · resets 3pm", null, "overloaded"],
    ["5-hour limit reached ∙ resets 3pm", null, "overloaded"],
    ["whatever", 401, "setup"],
    ["whatever", 404, "setup"],
    ["whatever", 400, "agent"],
    ["whatever", 529, "overloaded"],
    ["unexpected status 503 Service Unavailable", null, "overloaded"],
    ['{"error":{"code":401,"message":"no"}}', null, "setup"],
    ["Not logged in · Please run /login", null, "setup"],
    ["When using Gemini API, you must specify the GEMINI_API_KEY environment variable.", null, "setup"],
    ["models/gemini-9 is not found for API version v1beta", null, "setup"],
    ["ProviderModelNotFoundError: rig/none", null, "setup"],
    ["Request timed out.", null, "overloaded"],
    ["connect ECONNREFUSED 127.0.0.1:1", null, "overloaded"],
    ["getaddrinfo ENOTFOUND api", null, "overloaded"],
    ["fetch failed", null, "overloaded"],
    ["This model's maximum context length is 128000 tokens.", null, "agent"],
    ["permission denied: out.txt", null, "agent"],
    ["exit code 3", null, "agent"],
    ["", null, "agent"],
  ] as const)("%s (%s) is %s", (message, status, expected) => {
    expect(classOfMessage(message, status)).toBe(expected);
  });

  it("takes no time for a long one", () => {
    expect(classOfMessage(`model ${"x ".repeat(500_000)}session ${"no ".repeat(500_000)}`)).toBe("agent");
  });
});

describe("cannotResume", () => {
  it.each([
    "No conversation found with session ID: 5e2c",
    "Error: thread/resume failed: no rollout found for thread id 01a1",
    "Session not found: ses_1",
    'Error resuming session: Invalid session identifier "x".',
  ])("%s", (message) => {
    expect(cannotResume(message)).toBe(true);
  });

  it("not so when something else is", () => {
    expect(cannotResume("codex: command not found")).toBe(false);
  });
});

describe("isFirstStartRace", () => {
  it.each([
    ["Error: Failed query: CREATE TABLE `project` (", true],
    ["Codex process has exited with code 1:\nError: failed to initialize sqlite state runtime under /h/.codex", true],
    ["failed to initialize the model", false],
  ])("%s", (message, expected) => {
    expect(isFirstStartRace(message)).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";
import { resolveAgent } from "../../../src/agents/resolve-agent.ts";

const OWN = {
  "my-llm": { use: "command", command: ["llm", "-x"] },
  shell: { use: "command", command: ["mine"] },
  broken: { use: "comand", command: [] },
  second: { use: "claude", command: [] },
  mine: { use: "acp", command: ["my-agent", "--acp"] },
  other: { use: "acp/gemini", command: [] },
  odd: { use: "acp/gemni", command: [] },
};

describe("resolveAgent", () => {
  it.each([
    ["shell", {}, { name: "shell", model: null, command: null, adapter: { id: "shell" } }],
    ["my-llm", OWN, { name: "my-llm", model: null, command: ["llm", "-x"], adapter: { id: "command" } }],
    ["my-llm/a/b", OWN, { name: "my-llm", model: "a/b" }],
    ["shell", OWN, { name: "shell", command: ["mine"], adapter: { id: "command" } }],
    ["shell/", {}, { name: "shell", model: null }],
    ["claude/sonnet", {}, { name: "claude", model: "sonnet", command: null, adapter: { id: "claude" } }],
    ["codex/gpt-5.5", {}, { name: "codex", model: "gpt-5.5", adapter: { id: "codex" } }],
    ["opencode/openrouter/glm-5.1", {}, { model: "openrouter/glm-5.1", adapter: { id: "opencode" } }],
    ["second/opus", OWN, { name: "second", model: "opus", command: [], adapter: { id: "claude" } }],
    ["acp/gemini", {}, { name: "acp/gemini", model: null, command: ["gemini", "--acp"], adapter: { id: "acp" } }],
    ["acp/qwen", {}, { program: { file: "qwen", testedVersion: "0.24.4" } }],
    ["claude/sonnet", {}, { program: { file: "claude" } }],
    ["acp/opencode/a/b", {}, { name: "acp/opencode", model: "a/b", command: ["opencode", "acp"] }],
    ["acp", {}, { name: "acp", model: null, command: null, adapter: { id: "acp" } }],
    ["mine/a/b", OWN, { name: "mine", model: "a/b", command: ["my-agent", "--acp"], adapter: { id: "acp" } }],
    ["mine", OWN, { program: null }],
    [
      "other/x",
      OWN,
      { program: { file: "gemini" }, name: "other", model: "x", command: ["gemini", "--acp"], adapter: { id: "acp" } },
    ],
  ])("makes out %s", (spec, own, expected) => {
    expect(resolveAgent(spec, own)).toMatchObject(expected);
  });

  it.each([
    ["shel", {}, /no agent 'shel'; did you mean 'shell'/],
    ["my-lm", OWN, /did you mean 'my-llm'/],
    ["something-else-entirely", {}, /known are shell, command/],
    ["broken", OWN, /'broken' uses 'comand'.*'command'/],
    ["acp/gemni", {}, /no agent 'acp\/gemni'; did you mean 'acp\/gemini'/],
    ["acp/constructor", {}, /no agent 'acp\/constructor'/],
    ["odd", OWN, /'odd' uses 'acp\/gemni'.*'acp\/gemini'/],
    ["__proto__", OWN, /no agent/],
    ["constructor", {}, /no agent/],
    ["", {}, /no agent/],
  ])("says what is wrong with '%s'", (spec, own, problem) => {
    expect(resolveAgent(spec, own)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

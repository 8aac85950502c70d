import { describe, expect, it } from "vitest";
import type { AgentSummary, LaunchRequest, RunFacts } from "../../../src/agents/adapter.ts";
import { AGENTS } from "../../../src/agents/agents.ts";
import { EMPTY_SUMMARY, summarise } from "../../../src/agents/summarise.ts";

// What every agent must do, whatever program it is. A new adapter is in the registry, and with that in this test.

const REQUEST: LaunchRequest = {
  prompt: "-the prompt $(touch x)\nsecond line",
  systemPrompt: "the system prompt",
  taskBody: "Do it:\n\n```sh\necho done\n```\n",
  persona: null,
  model: "--model",
  effort: "high",
  maxToolCalls: 12,
  tools: null,
  command: ["my-llm", "--quiet"],
  sessionDir: ".session",
};

const ENDED: RunFacts = {
  exitCode: 0,
  signal: null,
  cause: "exit",
  summary: { ...EMPTY_SUMMARY, answer: "the answer\n" },
  stderrTail: "",
  wasStopped: false,
};

const HOSTILE_LINES = [
  "",
  "text",
  "{",
  "{}",
  "[]",
  "null",
  '"text"',
  "1e999",
  '{"kanband":null}',
  '{"kanband":"constructor"}',
  '{"kanband":"__proto__"}',
  '{"kanband":"usage","cost_usd":-5,"input":"many","output":1e999}',
  '{"kanband":"result","text":7}',
  '{"kanband":"error","class":"stopped","reset_at":"never"}',
  '{"type":"result"}',
  "\0\u001b[31m\u{fffd}",
  "x".repeat(5_000_000),
];

const KINDS = ["started", "text", "tool", "usage", "result", "error"];

describe.each([...AGENTS])("agent %s", (id, agent) => {
  it("has its id, and a title", () => {
    expect(agent.id).toBe(id);
    expect(agent.title).not.toBe("");
  });

  it("launches with plain strings, the same each time, and never the prompt as an argument", () => {
    const launch = agent.launch(REQUEST);
    if ("problem" in launch) throw new Error(launch.problem);
    expect(launch).toEqual(agent.launch(REQUEST));
    expect(launch.file).not.toBe("");
    for (const text of [launch.file, launch.stdin, ...launch.args, ...Object.values(launch.env)])
      expect(typeof text).toBe("string");
    expect(launch.args.join("\n")).not.toContain("the prompt");
    expect(Object.keys(launch.env).filter((name) => /^(GIT_|NODE_OPTIONS|npm_|PATH$|HOME$)/.test(name))).toEqual([]);
  });

  it("reads any line in either stream without complaint, and keeps nothing", () => {
    for (const line of HOSTILE_LINES) {
      for (const stream of ["stdout", "stderr"] as const) {
        const events = agent.parseLine(line, stream);
        expect(agent.parseLine(line, stream)).toEqual(events);
        for (const event of events) expect(KINDS).toContain(event.kind);
      }
    }
  });

  it("calls it done only when it ended by itself with 0 and no error", () => {
    expect(agent.conclude(ENDED)).toEqual({ state: "done", message: "the answer" });
  });

  const error: NonNullable<AgentSummary["error"]> = { class: "overloaded", message: "try later", resetAt: 5 };
  it.each<[string, Partial<RunFacts>, string, RegExp]>([
    ["exit 1", { exitCode: 1 }, "agent", /^exit 1/],
    ["a signal", { exitCode: 139, signal: "SIGSEGV" }, "agent", /SIGSEGV/],
    ["an unknown end", { exitCode: null }, "agent", /unknown/],
    ["a program that is not there", { exitCode: 127, cause: "spawn" }, "setup", /not found/],
    [
      "a setup that failed",
      { exitCode: 1, cause: "setup", stderrTail: "npm: no network\n" },
      "setup",
      /npm: no network/,
    ],
    ["the wall time", { exitCode: 143, signal: "SIGTERM", cause: "wall" }, "agent", /time/],
    ["the output cap", { exitCode: 143, signal: "SIGTERM", cause: "output" }, "agent", /output/],
    ["a stop, however it ended", { exitCode: 0, wasStopped: true }, "stopped", /stopped/],
    ["a stop that had to use force", { exitCode: null, signal: "SIGKILL", cause: "stop" }, "stopped", /stopped/],
    ["an error it reported, with exit 0", { summary: { ...ENDED.summary, error } }, "overloaded", /try later/],
    [
      "a result that is an error",
      { summary: { ...ENDED.summary, result: { text: "no", isError: true } } },
      "agent",
      /no/,
    ],
  ])("calls %s a failure", (_, facts, failure, reason) => {
    const conclusion = agent.conclude({ ...ENDED, ...facts });
    expect(conclusion).toMatchObject({ state: "failed", failure, reason: expect.stringMatching(reason) });
  });

  it("gives reasons that fit in one line, and the reset time where there is one", () => {
    const long = agent.conclude({
      ...ENDED,
      exitCode: 1,
      stderrTail: `first\nlast\u001b[0m\u2028${"x".repeat(5_000)}\n\n`,
    });
    if (long.state !== "failed") throw new Error("not failed");
    expect(long.reason.length).toBeLessThanOrEqual(200);
    expect(long.reason).not.toMatch(/[\p{Cc}\u2028]/u);
    expect(agent.conclude({ ...ENDED, summary: { ...ENDED.summary, error } })).toMatchObject({ resetAt: 5 });
  });

  it("takes events in any portions alike", () => {
    const lines = [
      "one",
      '{"kanband":"usage","cost_usd":0.5,"input":3}',
      "two",
      '{"kanband":"tool","name":"Bash"}',
      "three",
    ];
    const events = lines.flatMap((line) => agent.parseLine(line, "stdout"));
    const whole = summarise(agent, EMPTY_SUMMARY, events);
    expect(events.reduce((summary, event) => summarise(agent, summary, [event]), EMPTY_SUMMARY)).toEqual(whole);
  });
});

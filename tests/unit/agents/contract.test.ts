import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AgentEvent, AgentSummary, LaunchRequest, RunFacts } from "../../../src/agents/adapter.ts";
import { AGENTS } from "../../../src/agents/agents.ts";
import { EMPTY_SUMMARY, summarise } from "../../../src/agents/summarise.ts";
import { FAILURE_CLASSES } from "../../../src/board/session.ts";
import { fc } from "../../helpers/fast-check.ts";
import { readTranscript } from "./replay.ts";

// What every agent must do, whatever program it is. A new adapter is in the registry, and with that in this test.

const REQUEST: LaunchRequest = {
  prompt: "-the prompt $(touch x)\nsecond line",
  systemPrompt: "the system prompt",
  taskBody: "Do it:\n\n```sh\necho done\n```\n",
  persona: null,
  model: "sonnet",
  effort: null,
  maxToolCalls: 12,
  tools: null,
  command: ["my-llm", "--quiet"],
  sessionDir: ".session",
  filesDir: "/files",
};

const ENDED: RunFacts = {
  exitCode: 0,
  signal: null,
  cause: "exit",
  summary: { ...EMPTY_SUMMARY, sessionId: "s", answer: "the answer\n", result: { text: null, isError: false } },
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
  '{"type":"assistant","message":{"content":[null,7,{"type":"text"},{"type":"tool_use","input":[]}]}}',
  '{"type":"result","is_error":true,"errors":[7],"total_cost_usd":-1,"modelUsage":{"__proto__":{"costUSD":"x"}}}',
  '{"type":"system","subtype":"init","model":{}}',
  '{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":"soon"}}',
  '{"type":"item.started","item":null}',
  '{"type":"item.completed","item":{"type":"file_change","changes":[null,{"path":1}]}}',
  '{"type":"turn.completed","usage":{"input_tokens":-1,"cached_input_tokens":9}}',
  '{"type":"turn.failed","error":"no"}',
  '{"type":"message","role":"assistant","content":{}}',
  '{"type":"result","status":"error","stats":{"models":{"m":null}}}',
  '{"type":"step_finish","part":{"tokens":{"cache":[]},"cost":-1,"reason":{}}}',
  '{"type":"error","error":{"name":{},"data":{"responseHeaders":{"retry-after":[]}}}}',
  "\0\u001b[31m\u{fffd}",
  "x".repeat(5_000_000),
];

const KINDS = ["started", "session", "text", "tool", "call", "usage", "result", "error"];

/** What everything behind an adapter relies on. */
function checkEvent(event: AgentEvent): void {
  expect(KINDS).toContain(event.kind);
  if (event.kind === "usage") {
    for (const amount of [event.costUsd ?? 0, event.input, event.output, event.cached, event.written ?? 0]) {
      expect(Number.isFinite(amount) && amount >= 0).toBe(true);
    }
  }
  if (event.kind === "call") {
    const { input, output, cached, written } = event.tokens;
    for (const amount of [input, output, cached, written]) expect(Number.isFinite(amount) && amount >= 0).toBe(true);
  }
  // Only the daemon knows what it stopped, and what its checks came to.
  if (event.kind === "error") {
    expect(FAILURE_CLASSES.filter((it) => it !== "stopped" && it !== "checks")).toContain(event.class);
    expect(event.resetAt === null || Number.isFinite(event.resetAt)).toBe(true);
  }
}

/** What the program itself once printed; for those without recordings, lines of their own kind. */
function recordedLines(id: string): readonly string[] {
  const folder = new URL("../../fixtures/agents/", import.meta.url);
  if (!readdirSync(folder).includes(id)) return HOSTILE_LINES.filter((line) => line.length < 1000);
  const names = readdirSync(new URL(`${id}/`, folder)).map((name) => name.replace(/\.jsonl$/, ""));
  return names.flatMap((name) => readTranscript(id, name).lines);
}

/** The line with the `at`-th of its values replaced, wherever that lies. */
function replaceValue(line: string, at: number, value: unknown): string {
  if (!line.startsWith("{")) return line;
  let count = 0;
  const places: number[] = [];
  const parsed: unknown = parseOr(line);
  JSON.stringify(parsed, (_, it: unknown) => {
    places.push(count++);
    return it;
  });
  const wanted = places[at % Math.max(1, places.length)];
  let seen = 0;
  return JSON.stringify(parsed, (_, it: unknown) => (seen++ === wanted ? value : it)) ?? "";
}

function parseOr(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

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
        for (const event of events) checkEvent(event);
      }
    }
  });

  it("reads recorded lines that were cut anywhere, or in which any value is another", () => {
    const values = [null, true, -1, Number.MAX_VALUE, "", "text", [], {}, [[null]]];
    const lines = recordedLines(id);
    fc.assert(
      fc.property(
        fc.constantFrom(...lines),
        fc.nat(),
        fc.constantFrom(...values),
        fc.boolean(),
        (line, at, value, isCut) => {
          const torn = isCut ? line.slice(0, at % (line.length + 1)) : replaceValue(line, at, value);
          for (const event of agent.parseLine(torn, "stdout")) checkEvent(event);
        },
      ),
    );
  });

  it.each(["--yolo", "-x", "--", "$(touch x)", "a\nb"])(
    "lets no name become an option or anything but itself: %j",
    (name) => {
      const hostile: Partial<LaunchRequest>[] = [
        { model: name },
        { effort: name },
        { resume: name },
        { tools: { allow: [name], deny: [name] } },
      ];
      for (const more of hostile) {
        const launch = agent.launch({ ...REQUEST, ...more });
        if (!("problem" in launch) && name.startsWith("-")) expect(launch.args).not.toContain(name);
      }
    },
  );

  it("concludes on every end there is, and is done at no other than a good one", () => {
    const signals = [null, "SIGTERM", "SIGKILL"];
    const causes = ["exit", "setup", "spawn", "wall", "output", "stop"] as const;
    const troubles = [null, { class: "overloaded", message: "m", resetAt: null } as const];
    const wrong: string[] = [];
    for (const exitCode of [null, ...Array.from({ length: 256 }, (_, n) => n)]) {
      for (const signal of signals) {
        for (const cause of causes) {
          for (const error of troubles) {
            const facts = { ...ENDED, exitCode, signal, cause, summary: { ...ENDED.summary, error } };
            const isGood = exitCode === 0 && signal === null && cause === "exit" && error === null;
            const { state } = agent.conclude(facts);
            const stopped = agent.conclude({ ...facts, wasStopped: true });
            if (state === (isGood ? "done" : "failed") && "failure" in stopped && stopped.failure === "stopped")
              continue;
            wrong.push(`${String(exitCode)} ${String(signal)} ${cause} ${error?.class ?? ""}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
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

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { acp } from "../../../src/agents/acp/index.ts";
import type { AcpRequest } from "../../../src/agents/acp/wire.ts";
import type { LaunchRequest } from "../../../src/agents/adapter.ts";
import { EMPTY_SUMMARY, summarise } from "../../../src/agents/summarise.ts";
import { buildEnvironment } from "../../../src/process/environment.ts";
import { stopRun } from "../../../src/process/stop-run.ts";
import { TAIL_START, tailLines } from "../../../src/process/tail-lines.ts";
import { itInTurn } from "../../helpers/today.ts";
import { childPid, cleanUpPlaces, ended, isRunning, output, type Place, place, start } from "../process/runs.ts";
import { HASTY, launchAcp } from "./acp-client.ts";

// A third of them each day.
const it = itInTurn(0, 3);

// The adapter, its client and a real agent of the protocol under the real supervisor.

cleanUpPlaces();

type Asked = { more?: Partial<LaunchRequest>; asked?: Partial<AcpRequest>; at?: Place };

async function begin(program: readonly string[], { more, asked, at = place() }: Asked = {}): Promise<string> {
  const { file, args, stdin, env } = launchAcp(program, more, { ...HASTY, ...asked });
  return start(at, "", { file, args, stdin, env: buildEnvironment({ allow: [], set: env, home: null }) });
}

/** What the daemon makes of a run that is over. */
async function account(runDir: string, wasStopped = false) {
  const { exit } = await ended(runDir);
  const limits = { maxBytes: 1 << 24, maxLineBytes: 1 << 20, atEnd: true };
  const { lines } = tailLines(join(runDir, "stdout"), TAIL_START, limits);
  const events = lines.flatMap((line) => acp.parseLine(line, "stdout"));
  const summary = summarise(acp, EMPTY_SUMMARY, events);
  const stderrTail = existsSync(join(runDir, "stderr")) ? readFileSync(join(runDir, "stderr"), "utf8") : "";
  const { code = null, signal = null, cause = "exit" } = exit ?? {};
  const conclusion = acp.conclude({ exitCode: code, signal, cause, summary, stderrTail, wasStopped });
  return { summary, events, conclusion, lines };
}

async function perform(program: readonly string[], asked: Asked = {}) {
  return account(await begin(program, asked));
}

/** What the agent was told, by the key of the message. */
function told({ worktree }: Place): Record<string, unknown>[] {
  const lines = readFileSync(join(worktree, "told.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function toldOf(it: Place, key: string): unknown {
  return told(it).find((message) => key in message)?.[key];
}

describe("an agent of the Agent Client Protocol", () => {
  it("does its task in the worktree, and its account is read", async () => {
    const at = place();
    const { conclusion, summary } = await perform(["agent.mjs", "answers"], { at });
    expect(conclusion).toEqual({ state: "done", message: "All done." });
    expect(summary).toMatchObject({
      sessionId: "s-1",
      model: "small",
      costUsd: 0.25,
      toolCalls: 1,
      tokens: { input: 800, output: 50, cached: 200 },
    });
    expect(toldOf(at, "new")).toMatchObject({ cwd: at.worktree, mcpServers: [] });
    // The first of the modes that it offers; its own would decide by itself.
    expect(toldOf(at, "mode")).toBe("default");
    expect(told(at).at(-1)).toEqual({ closed: true });
  });

  it.each([
    [
      "in front of the prompt",
      "",
      /^Your role[^/]*You are the reviewer\.\n\nYour task is this\.\n\n\/do it$/,
      undefined,
    ],
    [
      "as system prompt, where the agent takes one",
      "takes-persona",
      /^Your task is this\.\n\n\/do it$/,
      "You are the reviewer.",
    ],
  ])("has its persona %s", async (_, option, prompt, persona) => {
    const at = place();
    await perform(["agent.mjs", "answers", option], { at });
    expect(toldOf(at, "prompt")).toEqual([{ type: "text", text: expect.stringMatching(prompt) }]);
    const wanted = persona === undefined ? undefined : { mode: "append", content: [{ type: "text", text: persona }] };
    expect((toldOf(at, "new") as Record<string, unknown>)["systemPrompt"]).toEqual(wanted);
  });

  it("works with the model that is asked for, or not at all", async () => {
    const at = place();
    const { summary } = await perform(["agent.mjs", "answers"], { at, more: { model: "large" } });
    expect(toldOf(at, "option")).toEqual({ sessionId: "s-1", configId: "m", value: "large" });
    expect(summary.model).toBe("large");
    const { conclusion } = await perform(["agent.mjs", "answers"], { more: { model: "huge" } });
    expect(conclusion).toMatchObject({
      failure: "setup",
      reason: "the agent offers no model 'huge'; it offers small, large",
    });
  });

  it.each<[string, string, Partial<LaunchRequest>, boolean]>([
    ["a command, where all is allowed", "", {}, true],
    ["an edit, where only editing is", "edit:new.txt", { permission: "edit" }, true],
    ["a command that a list has", "", { tools: { allow: ["Bash(touch:*)"], deny: [] } }, true],
    ["a command, where only editing is allowed", "", { permission: "edit" }, false],
    ["an edit outside", "edit:../new.txt", { permission: "edit" }, false],
    ["an edit, where only reading is", "edit:new.txt", { permission: "read" }, false],
    ["a command that a list forbids", "", { tools: { allow: [], deny: ["Bash(touch:*)"] } }, false],
    ["what nobody has heard of", "teleport:new.txt", { permission: "edit" }, false],
  ])("is answered when it asks: %s", async (_, option, more, isAllowed) => {
    const at = place();
    const { conclusion, events } = await perform(["agent.mjs", "asks", option], { at, more });
    expect(toldOf(at, "outcome")).toEqual({ outcome: "selected", optionId: isAllowed ? "o" : "n" });
    const refused = {
      state: "failed",
      failure: "agent",
      reason: expect.stringMatching(/^ended at a permission it was refused: /),
    };
    expect(conclusion).toMatchObject(isAllowed ? { state: "done", message: "It ran." } : refused);
    expect(events.filter((it) => it.kind === "tool")).toHaveLength(1);
  });

  it("is refused what was never offered, and goes on", async () => {
    const at = place();
    const { conclusion } = await perform(["agent.mjs", "asks-the-unknown"], { at });
    expect(conclusion).toMatchObject({ state: "done" });
    const codes = told(at).flatMap((it) => ("code" in it ? [it["code"]] : []));
    expect(codes).toEqual([-32601, -32601, -32601, -32601]);
  });

  it("goes on with a conversation, whose past is not told again", async () => {
    const at = place();
    await perform(["agent.mjs", "answers"], { at });
    const patience = { startMs: 20_000, cancelMs: 300, endMs: 300, quietMs: 400 };
    const asked = { at, more: { resume: "s-1" }, asked: { patience } };
    const { conclusion, summary, lines } = await perform(["agent.mjs", "answers"], asked);
    expect(conclusion).toEqual({ state: "done", message: "All done." });
    expect(lines.join("\n")).not.toMatch(/of the past|another one/);
    expect(toldOf(at, "load")).toMatchObject({ sessionId: "s-1", cwd: at.worktree });
    // What it says of costs counts the runs before.
    expect(summary).toMatchObject({ sessionId: "s-1", costUsd: null, unpriced: new Map() });
  });

  it.each(["answers", "forgets"])("begins anew where the conversation is gone: %s", async (what) => {
    const { conclusion, summary, lines } = await perform(["agent.mjs", what], { more: { resume: "s-9" } });
    expect(conclusion).toEqual({ state: "done", message: "All done." });
    expect(summary.sessionId).toBe("s-1");
    expect(lines.join("\n")).toContain("began anew");
  });

  it("logs in with the key of its environment, where it wants a login", async () => {
    const at = place();
    expect((await perform(["agent.mjs", "wants-login"], { at })).conclusion).toMatchObject({ state: "done" });
    expect(toldOf(at, "authenticate")).toBe("key");
  });

  it.each<[string, object]>([
    ["refuses-login", { failure: "setup", reason: "Authentication required" }],
    ["exits-at-once", { failure: "setup", reason: "the agent ended with exit 2: no such option: --acp" }],
    ["speaks-version-2", { failure: "setup", reason: "the agent speaks version 2 of the protocol, not 1" }],
    [
      "crashes",
      { failure: "agent", reason: "the agent ended by SIGKILL: fatal: out of memory", message: "I am about to" },
    ],
    ["fails-as-text", { failure: "setup", reason: "Authentication failed with provider (HTTP 401)." }],
    ["fails-as-error", { failure: "overloaded", reason: "429 rate limit" }],
    ["refuses", { failure: "agent", reason: "the model refused", message: "I would rather not." }],
    ["runs-out", { failure: "agent", reason: "the answer ended early: max_tokens", message: "It goes on and" }],
    ["is-silent", { failure: "agent", reason: "ended without an answer" }],
  ])("one that %s has failed, and it is said why", async (what, conclusion) => {
    expect((await perform(["agent.mjs", what])).conclusion).toMatchObject({ state: "failed", ...conclusion });
  });

  it("one that never answers is given up before its turn", async () => {
    const patience = { startMs: 100, cancelMs: 100, endMs: 100, quietMs: 50 };
    const { conclusion } = await perform(["agent.mjs", "says-nothing"], { asked: { patience } });
    expect(conclusion).toMatchObject({ failure: "setup", reason: "the agent did not answer initialize in 1 s" });
  });

  it("one that is not there is no failure of the task", async () => {
    expect((await perform(["no-such-agent-here"])).conclusion).toMatchObject({
      failure: "setup",
      reason: "the program was not found",
    });
  });

  it("is understood through what else it prints", async () => {
    expect((await perform(["agent.mjs", "prints-garbage"])).conclusion).toEqual({
      state: "done",
      message: "All done.",
    });
  });

  it("may say 5 MB in one line; no line of the account is long", async () => {
    const { conclusion, lines, summary } = await perform(["agent.mjs", "prints-5-mb"]);
    expect(conclusion).toMatchObject({ state: "done", message: expect.stringMatching(/y end$/) });
    expect(summary.toolCalls).toBe(1);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(64 * 1024);
  });
});

describe("the end of an agent", () => {
  it("a stop of the run leaves nothing of it", async () => {
    const at = place();
    const runDir = await begin(["agent.mjs", "ignores-cancel"], { at });
    await output(runDir, "Working on it.");
    const child = await childPid(at.worktree);
    await stopRun({ runDir, graceMs: 20_000, worktreePath: at.worktree });
    expect((await account(runDir, true)).conclusion).toMatchObject({ failure: "stopped", message: "Working on it." });
    expect(isRunning(child)).toBe(false);
  });

  it("told to stop, it may end its turn by itself", async () => {
    const at = place();
    const runDir = await begin(["agent.mjs", "waits"], { at });
    await output(runDir, "Working on it.");
    process.kill(Number(readFileSync(join(runDir, "step"), "utf8")), "SIGTERM");
    const { conclusion, lines } = await account(runDir, true);
    expect(toldOf(at, "cancel")).toBe(true);
    expect(lines.at(-1)).toContain('"reason":"cancelled"');
    expect(conclusion).toMatchObject({ failure: "stopped", message: "Working on it. Stopped." });
    expect(isRunning(await childPid(at.worktree))).toBe(false);
  });

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "%s to the client alone ends the agent's whole group",
    async (signal) => {
      const at = place();
      const runDir = await begin(["agent.mjs", "ignores-cancel"], { at });
      await output(runDir, "Working on it.");
      const child = await childPid(at.worktree);
      process.kill(Number(readFileSync(join(runDir, "step"), "utf8")), signal);
      expect((await ended(runDir)).exit).toMatchObject({ code: 143 });
      expect(isRunning(child)).toBe(false);
      // Nobody of the daemon's had asked for it.
      expect((await account(runDir)).conclusion).toMatchObject({ state: "failed", failure: "agent" });
    },
  );

  it("one that neither ends when its input closes nor at SIGTERM is ended, and its answer counts", async () => {
    const { conclusion } = await perform(["agent.mjs", "ignores-sigterm"]);
    expect(conclusion).toEqual({ state: "done", message: "All done." });
  });

  it("what an agent leaves running without its client is found by its tag", async () => {
    const at = place();
    const runDir = await begin(["agent.mjs", "ignores-cancel"], { at });
    const child = await childPid(at.worktree);
    process.kill(Number(readFileSync(join(runDir, "step"), "utf8")), "SIGKILL");
    await ended(runDir);
    await stopRun({ runDir, graceMs: 100, worktreePath: at.worktree });
    expect(isRunning(child)).toBe(false);
  });

  it("a setup of the worktree does not reach the client", async () => {
    const at = place();
    // Node would take its options from here.
    writeFileSync(join(at.worktree, "package.json"), "{not json");
    writeFileSync(join(at.worktree, ".env"), "NODE_OPTIONS=--require=./evil.js\n");
    expect((await perform(["agent.mjs", "answers"], { at })).conclusion).toMatchObject({ state: "done" });
  });
});

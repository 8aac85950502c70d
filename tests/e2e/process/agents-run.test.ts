import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { AgentAdapter, Conclusion, LaunchRequest } from "../../../src/agents/adapter.ts";
import { command } from "../../../src/agents/command/index.ts";
import { shell } from "../../../src/agents/shell/index.ts";
import { EMPTY_SUMMARY, summarise } from "../../../src/agents/summarise.ts";
import { TAIL_START, tailLines } from "../../../src/process/tail-lines.ts";
import { AGENTS_DIR, cleanUpPlaces, ended, place, start } from "./runs.ts";

cleanUpPlaces();

const REQUEST: LaunchRequest = {
  prompt: "the prompt\n",
  systemPrompt: "",
  taskBody: "",
  persona: null,
  model: null,
  effort: null,
  maxToolCalls: null,
  tools: null,
  command: null,
  sessionDir: ".session",
};

/** What an adapter makes of a real run: launch, run, read, conclude. */
async function perform(adapter: AgentAdapter, more: Partial<LaunchRequest>, it = place()) {
  const launch = adapter.launch({ ...REQUEST, ...more });
  if ("problem" in launch) throw new Error(launch.problem);
  const { file, args, stdin } = launch;
  const { exit, runDir } = await ended(await start(it, "", { file, args, stdin }));
  const { lines } = tailLines(join(runDir, "stdout"), TAIL_START, {
    maxBytes: 1 << 22,
    maxLineBytes: 1 << 20,
    atEnd: true,
  });
  const summary = summarise(
    adapter,
    EMPTY_SUMMARY,
    lines.flatMap((line) => adapter.parseLine(line, "stdout")),
  );
  const { code = null, signal = null, cause = "exit" } = exit ?? {};
  const stderrTail = existsSync(join(runDir, "stderr")) ? readFileSync(join(runDir, "stderr"), "utf8") : "";
  const facts = { exitCode: code, signal, cause, summary, stderrTail, wasStopped: false };
  return { summary, conclusion: adapter.conclude(facts) };
}

async function concluded(adapter: AgentAdapter, more: Partial<LaunchRequest>): Promise<Conclusion> {
  return (await perform(adapter, more)).conclusion;
}

function blocks(...scripts: string[]): { taskBody: string } {
  return { taskBody: scripts.map((it) => `\`\`\`sh\n${it}\n\`\`\``).join("\n\nand then\n\n") };
}

describe("the shell agent", () => {
  it("runs its blocks in order as one script; what goes wrong stands where it happened", async () => {
    const task = blocks("name=value\ncd /\necho one", "echo $name >&2\npwd", "cat\nread line || echo 'no input'");
    expect(await concluded(shell, task)).toEqual({ state: "done", message: "one\nvalue\n/\nno input" });
  });

  it.each([
    ["at the first failure", ["echo before\nfalse\necho after"], "exit 1: before"],
    ["at a variable that nobody set", ['echo "$nobody_set_this"', "echo after"], /nobody_set_this/],
    ["at a program that is not there", ["no-such-program-here", "echo after"], /exit 127.*no-such-program-here/],
    ["where it says so", ["exit 7", "echo after"], "exit 7"],
    ["at what is no shell", ["if then", "echo after"], /exit 2/],
  ])("stops %s", async (_, scripts, reason) => {
    const conclusion = await concluded(shell, blocks(...scripts));
    expect(conclusion).toMatchObject({
      state: "failed",
      failure: "agent",
      reason: typeof reason === "string" ? reason : expect.stringMatching(reason),
      message: expect.not.stringContaining("after"),
    });
  });

  it("takes a script that is too long for an argument", async () => {
    const { state, message } = await concluded(shell, blocks(`: '${"x".repeat(300_000)}'\necho done`));
    expect([state, message]).toEqual(["done", "done"]);
  });
});

describe("the command agent", () => {
  it.each<[string, object]>([
    ["echoes-prompt.sh", { state: "done", message: "the prompt" }],
    ["reports-usage.sh", { state: "done", message: "All done." }],
    ["exits-1.sh", { state: "failed", failure: "agent", reason: "exit 1: it went wrong", message: "working" }],
    ["says-nothing.sh", { state: "failed", failure: "agent", reason: "ended without an answer" }],
    ["reports-overload.sh", { state: "failed", failure: "overloaded", resetAt: Date.UTC(2030, 0, 1) }],
    ["no-such-program", { state: "failed", failure: "setup" }],
    ["writes-bad-bytes.sh", { state: "done", message: expect.stringContaining("no newline") }],
  ])("concludes what %s did", async (agent, conclusion) => {
    expect(await concluded(command, { command: [join(AGENTS_DIR, agent)] })).toMatchObject(conclusion);
  });

  it("counts what the program reports", async () => {
    const { summary } = await perform(command, { command: [join(AGENTS_DIR, "reports-usage.sh")] });
    expect(summary).toMatchObject({
      sessionId: "s-1",
      costUsd: 0.5,
      toolCalls: 2,
      tokens: { input: 200, output: 40, cached: 100 },
    });
  });
});

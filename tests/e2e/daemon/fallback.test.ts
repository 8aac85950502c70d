import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { parseSession } from "../../../src/board/session-file.ts";
import { agentsOf, expectSound, inLane, sessionText, settled, soon } from "../../helpers/board-watch.ts";
import { type LiveBoard, liveBoard, until } from "../../helpers/live-board.ts";
import { itInTurn } from "../../helpers/today.ts";

// A quarter of them each day.
const it = itInTurn(1, 4);

const PLAYER = new URL("../../fixtures/agents/prints-recording.sh", import.meta.url).pathname;

/** Agents that print recordings of real ones: name, adapter, recording. */
function agents(...list: readonly (readonly [string, string, string])[]): string {
  const lines = list.map(([name, use, file]) => {
    return `  ${name}: { use: ${use}, command: [${PLAYER}, ${use}/${file}.jsonl], env: [ARGS_DIR, HANG_ONCE] }\n`;
  });
  return `agents:\n${lines.join("")}`;
}

const REFUSED = agents(
  ["first", "claude", "overloaded"],
  ["second", "codex", "rate429-noheader"],
  ["third", "opencode", "ok-tools"],
);

function sessionOf(board: LiveBoard, id: string) {
  const path = `sessions/${id}/engineer.md`;
  const { session } = parseSession(path, id, Buffer.from(board.read(path)));
  if (session === null) throw new Error(`${path} cannot be read`);
  return session;
}

describe("a chain of agents whose first are refused by their providers", () => {
  it("does every task with the last, asks the first ones once, and uses up no attempt", async () => {
    const slots = "slots:\n  - { name: A, agents: [first, second, third] }\n";
    const board = await liveBoard({ settings: `${slots}grace: 1s\n${REFUSED}` });
    const args = join(board.root, ".git/args");
    mkdirSync(args);
    const ids = ["a", "b", "c", "d"];
    for (const id of ids) board.write(`board/planned/${id}.md`, "# Work\n");
    await board.start({ env: { ARGS_DIR: args } });

    for (const id of ids) await inLane(board, id, "for_review");
    await settled(board);

    for (const id of ids) {
      const session = sessionOf(board, id);
      expect(session).toMatchObject({ state: "done", agent: "third", retries: 0, reworks: 0 });
      expect(session.conversation).toMatch(/^ses_/);
    }
    // Who came first found out for all of them; what was done meanwhile is kept.
    const asked = readdirSync(args).map((it) => readFileSync(join(args, it), "utf8").split("\n")[0]);
    expect(asked.filter((it) => it?.startsWith("claude/"))).toHaveLength(1);
    expect(asked.filter((it) => it?.startsWith("codex/"))).toHaveLength(1);
    expect(asked.filter((it) => it?.startsWith("opencode/"))).toHaveLength(4);
    const first = ids.find((id) => Object.keys(sessionOf(board, id).parked ?? {}).length > 0) ?? "";
    expect(Object.keys(sessionOf(board, first).parked ?? {}).toSorted()).toEqual(["first", "second"]);
    expect(await board.git("show", `kanband/${first}:work.txt`)).toMatch(/claude.*\n.*codex.*\n.*opencode/);
    await expectSound(board);
  });

  it("waits when all are refused, says until when, and goes on by itself", async () => {
    const slots = "slots:\n  - { name: A, agents: [first] }\n";
    const retry = "retry: { limit: 2, base: 100ms, max: 2s }\n";
    const board = await liveBoard({ settings: `${slots}${retry}grace: 1s\n${REFUSED}` });
    const args = join(board.root, ".git/args");
    mkdirSync(args);
    board.write("board/planned/a.md", "# Work\n");
    const daemon = await board.start({ env: { ARGS_DIR: args } });

    await soon(board, "a waits for its agent", () => {
      return board.lane("a") === "doing" && !board.read("board/doing/a.md").includes("assigned:");
    });
    expect(board.read("board/board.md")).not.toMatch(/^paused:/m);
    expect(sessionOf(board, "a")).toMatchObject({ state: "failed", failure: "overloaded", retries: 0 });
    await until("a second try", () => readdirSync(args).length > 1, { withinMs: 30_000, state: () => daemon.output() });
    expect(sessionOf(board, "a").retries).toBe(0);
  });
});

describe("a program of one's own that hangs", () => {
  it("is tried as often as other failures, since its silence says nothing of a provider", async () => {
    const slow = "agents: { slow: { use: command, command: [sh, -c, 'cat > /dev/null; sleep 60'] } }\n";
    const settings = `agent: slow\n${slow}timeout: 1s\ngrace: 1s\nretry: { limit: 1, base: 100ms, max: 200ms }\n`;
    const board = await liveBoard({ settings });
    board.write("board/planned/a.md", "# Work\n");
    await board.start();
    await inLane(board, "a", "blocked");
    expect(sessionOf(board, "a")).toMatchObject({ state: "failed", failure: "agent", retries: 1 });
    expect(board.read("board/blocked/a.md")).toMatch(
      /^blocked: .*failed 2 times: stopped after its longest time, 1 s/m,
    );
  });
});

describe("a run that was cut off", () => {
  it("goes on with the conversation of its agent, and with the work that it had done", async () => {
    const board = await liveBoard({ settings: `agent: one\ngrace: 1s\n${agents(["one", "claude", "ok-text"])}` });
    const args = join(board.root, ".git/args");
    mkdirSync(args);
    const env = { ARGS_DIR: args, HANG_ONCE: join(board.root, ".git/hung") };
    board.write("board/planned/a.md", "# Work\n");
    const daemon = await board.start({ env, args: ["--stop-runs"] });
    await until("its answer", () => sessionText(board, "a").includes("Final answer"));
    await daemon.stop();
    expect(sessionOf(board, "a")).toMatchObject({ state: "stopped", costUsd: 0.004185 });
    const { conversation } = sessionOf(board, "a");

    await board.start({ env });
    await inLane(board, "a", "for_review");
    await settled(board);

    expect(conversation).toMatch(/^[0-9a-f-]{36}$/);
    const [begun = "", resumed = ""] = readdirSync(args)
      .toSorted()
      .map((it) => readFileSync(join(args, it), "utf8"));
    expect(begun).not.toContain("--resume");
    expect(resumed).toContain(`--resume\n${conversation ?? ""}\n`);
    expect(await board.git("show", "kanband/a:work.txt")).toBe("by claude/ok-text.jsonl\nby claude/ok-text.jsonl");
    expect(board.read("board/for_review/a.md")).toMatch(/^spent_usd: 0.00837$/m);
  });
});

describe("a program that does not end after its answer", () => {
  it("is ended, and its work is done", async () => {
    const board = await liveBoard({ settings: `agent: one\ngrace: 500ms\n${agents(["one", "claude", "ok-text"])}` });
    board.write("board/planned/a.md", "# Work\n");
    await board.start({ env: { HANG_ONCE: join(board.root, ".git/hung") } });
    await inLane(board, "a", "for_review");

    expect(sessionOf(board, "a")).toMatchObject({ state: "done", attempt: 1, failure: null });
    await soon(board, "no process is left", () => agentsOf(board).length === 0);
  });
});

describe("tokens without a price", () => {
  it.each([
    ["cost what the settings say", "prices: { models: { gpt-x: { input: 10, output: 100 } } }\n", "0.0"],
    ["cost an unknown amount where they say nothing", "", "unknown"],
  ])("%s", async (_, prices, expected) => {
    const board = await liveBoard({
      settings: `agent: one/gpt-x\ngrace: 1s\n${prices}${agents(["one", "codex", "ok-tools"])}`,
    });
    board.write("board/planned/a.md", "# Work\n");
    await board.start();
    await inLane(board, "a", "for_review");

    expect(board.read("sessions/a/engineer.md")).toMatch(new RegExp(`^cost_usd: ${expected}`, "m"));
    if (expected === "unknown") expect(board.read("board/for_review/a.md")).toMatch(/^spent_usd: unknown$/m);
    // 4,000 and 200 tokens, of which the cache had 800: without a price of their own they cost the same.
    else expect(board.read("board/for_review/a.md")).toMatch(/^spent_usd: 0\.06$/m);
  });
});

describe("a cap that is reached in mid-run", () => {
  const program = (name: string) => new URL(`../../fixtures/agents/${name}.sh`, import.meta.url).pathname;
  const settings = (name: string) =>
    `agent: one\ngrace: 1s\nretry: { limit: 0 }\nagents: { one: { command: [${program(name)}] } }\n`;

  it("money: it ends then, a call or two over, and the task is blocked with the figures", async () => {
    const board = await liveBoard({ settings: `budget: { run_usd: 0.05 }\n${settings("spends")}` });
    board.write("board/planned/a.md", "# Work\n");
    await board.start();
    await inLane(board, "a", "blocked");

    const { costUsd } = sessionOf(board, "a");
    expect(costUsd).toBeGreaterThanOrEqual(0.05);
    expect(costUsd).toBeLessThan(0.2);
    expect(board.read("board/blocked/a.md")).toMatch(
      /^blocked: "?stopped at its budget: \$0\.\d\d of \$0\.05; spent on the task/m,
    );
    await soon(board, "no process is left", () => agentsOf(board).length === 0);
  });

  it("tool calls of a persona that reads: at the thirteenth, and it says so", async () => {
    const board = await liveBoard({ settings: settings("uses-tools"), files: { "personas/reader.md": "You read.\n" } });
    board.write("board/planned/a.md", "---\npersona: reader\n---\n# Work\n");
    await board.start();
    await inLane(board, "a", "blocked");

    expect(board.read("board/blocked/a.md")).toMatch(/^blocked: .*more than 12 tool calls/m);
    const calls = Number(/^tool_calls: (\d+)$/m.exec(board.read("sessions/a/reader.md"))?.[1]);
    expect(calls).toBeGreaterThan(12);
    expect(calls).toBeLessThan(40);
  });
});

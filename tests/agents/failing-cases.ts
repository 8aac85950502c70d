import { expect, it } from "vitest";
import { agentsOf, settled } from "../helpers/board-watch.ts";
import { agentBoard, TASK } from "./bench-board.ts";
import { absence, CLIS, type Cli } from "./clis.ts";
import type { Answer } from "./model/answer.ts";
import { steps } from "./model/script.ts";
import type { ModelServer } from "./model/server.ts";

/** What becomes of a run whose provider refuses or that reaches a cap. */
export function failingCases(cli: Cli, server: () => ModelServer): void {
  const done: Answer = { text: "All of it is done." };
  const writes = (line = "hello"): Answer => ({ text: "I write.", tool: cli.shell(`echo ${line} >> out.txt`) });

  it("401", async () => {
    server().setScript(() => ({ status: 401, message: "Invalid API key" }));
    const board = await agentBoard(server(), [cli]);
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.arrives("a", "blocked");

    expect(board.session("a")).toMatchObject({ state: "failed", failure: "setup", retries: 0 });
    expect(board.read("board/blocked/a.md")).toMatch(/^blocked: .*(401|API key|auth)/im);
  });

  it("429 with a reset", async () => {
    let refusals = 1;
    server().setScript((asked) =>
      asked.tools.length > 0 && refusals-- > 0
        ? { status: 429, message: "Slow down", retryAfter: 2 }
        : steps(writes(), done)(asked),
    );
    const board = await agentBoard(server(), [cli], { settings: "retry: { limit: 0, base: 1s, max: 3s }\n" });
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.arrives("a", "for_review");
    expect(board.session("a")).toMatchObject({ state: "done", retries: 0 });
  });

  it("429 without a reset", async () => {
    server().setScript(() => ({ status: 429, message: "Too many requests" }));
    // Most of them try again in silence for minutes: the run's own clock ends that.
    const board = await agentBoard(server(), [cli], { settings: "timeout: 20s\nretry: { limit: 0 }\n" });
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.soon("it is refused", () => board.session("a")?.state === "failed");
    await board.soon("its slot is free", () => !board.read("board/doing/a.md").includes("assigned"));

    expect(board.session("a")).toMatchObject({ failure: "overloaded", retries: 0 });
  });

  it("529, then success", async () => {
    let refusals = 2;
    server().setScript((asked) =>
      asked.tools.length > 0 && refusals-- > 0 ? { status: 529, message: "Overloaded" } : steps(writes(), done)(asked),
    );
    const board = await agentBoard(server(), [cli], { settings: "retry: { limit: 0, base: 1s, max: 3s }\n" });
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.arrives("a", "for_review");
    expect(board.session("a")).toMatchObject({ state: "done", retries: 0 });
  });

  it("fallback from a failing provider to another program", async ({ skip }) => {
    const first = CLIS.find((it) => it.name === (cli.name.includes("codex") ? "claude" : "codex"));
    if (first === undefined) throw new Error("there is no other program");
    const why = absence(first);
    if (why !== null) return skip(why);
    const api = first.name === "codex" ? "responses" : "anthropic";
    server().setScript((asked) =>
      asked.api === api ? { status: 400, message: "Credit balance is too low" } : steps(writes(), done)(asked),
    );
    const board = await agentBoard(server(), [first, cli]);
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.arrives("a", "for_review");

    expect(board.session("a")).toMatchObject({ agent: cli.agent, state: "done", retries: 0 });
    expect(Object.keys(board.session("a")?.parked ?? {})).toHaveLength(1);
  });

  it("budget reached in mid-run", async ({ skip }) => {
    if (!cli.tellsCostMeanwhile) return skip("it tells its tokens at its end only; other caps hold");
    // 0.025002 a call, so 1.00 in all.
    const usage = { input: 5004, output: 666 };
    server().setScript((asked) => {
      if (asked.tools.length === 0) return { text: "OK", usage: { input: 0, output: 0 } };
      return asked.step < 39 ? { ...writes(String(asked.step)), usage } : { ...done, usage };
    });
    const board = await agentBoard(server(), [cli], { settings: "budget: { run_usd: 0.05 }\n" });
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.arrives("a", "blocked");
    await settled(board);

    // The second call reaches it; a third one may have been on its way.
    const { failure, costUsd } = board.session("a") ?? {};
    expect(failure).toBe("budget");
    expect([0.050004, 0.075006]).toContain(costUsd);
    expect(server().asked.filter(({ tools }) => tools.length > 0).length).toBeLessThanOrEqual(3);
    const text = board.read("board/blocked/a.md");
    expect(text).toContain(`spent_usd: ${costUsd}\n`);
    expect(text).toMatch(/^blocked: .*0\.05/m);
    await board.soon("no process is left", () => agentsOf(board).length === 0);
  });

  it("tool-call cap", async () => {
    server().setScript((asked) => (asked.tools.length === 0 ? { text: "OK" } : writes(String(asked.step))));
    const persona = "---\nmutates: true\nmax_tool_calls: 3\n---\nYou work.\n";
    const board = await agentBoard(server(), [cli], {
      settings: "retry: { limit: 0 }\n",
      files: { "personas/engineer.md": persona },
    });
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.arrives("a", "blocked");
    expect(board.read("board/blocked/a.md")).toMatch(/^blocked: .*more than 3 tool calls/m);
    await board.soon("no process is left", () => agentsOf(board).length === 0);
  });

  it("a provider that never answers", async () => {
    server().setScript(() => "hang");
    const board = await agentBoard(server(), [cli], { settings: "timeout: 10s\nretry: { limit: 0 }\n" });
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.soon("it is ended", () => board.session("a")?.state === "failed");
    expect(board.session("a")).toMatchObject({ failure: "overloaded", retries: 0 });
    await board.soon("no process is left", () => agentsOf(board).length === 0);
  });
}

import { expect, it } from "vitest";
import { status } from "../helpers/board-watch.ts";
import { agentBoard, TASK } from "./bench-board.ts";
import type { Cli } from "./clis.ts";
import type { Answer, Refusal } from "./model/answer.ts";
import { steps } from "./model/script.ts";
import type { ModelServer } from "./model/server.ts";

const LIMIT_S = 3 * 3600;

/** What the settings ask of a program, and how long a limit of its provider is respected. */
export function knobCases(cli: Cli, server: () => ModelServer): void {
  const done: Answer = { text: "All of it is done." };
  const writes: Answer = { text: "I write.", tool: cli.shell("echo hello >> out.txt") };

  it("429 for three hours: parked until then", async ({ skip }) => {
    const refusal = limit("Limit reached. Please try again in 3h0m0s.");
    server().setScript(() => ({ ...refusal, retryAfter: LIMIT_S }));
    const parkedForMs = await parkedFor(cli);
    if (cli.hidesLimit === null) return expectLimit(parkedForMs);
    // For `retry.max` then.
    expect(parkedForMs).toBeLessThan(6 * 60_000);
    skip(cli.hidesLimit);
  });

  const token = cli.subscription;
  it.runIf(token !== undefined)("a limit of the subscription: parked until then", async () => {
    server().setScript(() => limit("This request would exceed your account's rate limit."));
    const { ANTHROPIC_BASE_URL = "" } = cli.env(server().url);
    expectLimit(await parkedFor({ ...cli, env: () => ({ ANTHROPIC_BASE_URL, ...token }) }));
  });

  it("effort", async () => {
    server().setScript(steps(writes, done));
    const isKnown = typeof cli.effort === "string";
    const agent = isKnown ? cli.effort : cli.agent;
    const board = await agentBoard(server(), [{ ...cli, agent: String(agent) }], { slot: "effort: high" });
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.arrives("a", isKnown ? "for_review" : "blocked");

    const asked = server().asked.filter(({ tools }) => tools.length > 0);
    if (!isKnown) expect(board.read("board/blocked/a.md")).toMatch(cli.effort);
    expect(asked.map(({ effort }) => effort)).toEqual(isKnown ? asked.map(() => "high") : []);
    expect(asked.length > 0).toBe(isKnown);
  });

  it("what it may not do, and its effort, stay so when its conversation is resumed", async ({ skip }) => {
    if (cli.resumesNot !== null) return skip(cli.resumesNot);
    if (cli.endsAtRefusal) return skip("it ends its turn at the first refusal, so there is nothing to go on with");
    server().setScript((asked) => {
      if (asked.tools.length === 0) return { text: "OK" };
      return asked.step === 0 ? { tool: cli.shell("true") } : "hang";
    });
    const hasEffort = cli.effort === cli.agent;
    const slot = `permission: read${hasEffort ? ", effort: high" : ""}`;
    const board = await agentBoard(server(), [cli], { slot, settings: "rework: { limit: 0 }\n" });
    board.write("board/planned/a.md", TASK);
    const daemon = await board.up(["--stop-runs"]);
    await board.soon("it waits for its model", () =>
      server().asked.some(({ step, tools }) => tools.length > 0 && step > 0),
    );
    await daemon.stop();
    const { conversation } = board.session("a") ?? {};
    expect(conversation).toMatch(/\S/);
    server().setScript(steps(writes, done));
    await board.up();
    await board.arrives("a", "blocked");

    expect(board.session("a")).toMatchObject({ attempt: 2, state: "done", conversation });
    const last = server().asked.findLast(({ tools }) => tools.length > 0);
    // The tool was refused, or could not write.
    expect(last?.lastResult).toMatch(/denied|refused|not found|unavailable|Read-only|not allowed/i);
    expect(await board.git("log", "--all", "--format=%H", "--", "out.txt")).toBe("");
    if (hasEffort) expect(last?.effort).toBe("high");
  });

  /** For how long nobody is given its agent, after a run that its provider refused. */
  async function parkedFor(it: Cli): Promise<number> {
    const board = await agentBoard(server(), [it], { settings: "timeout: 20s\nretry: { limit: 0 }\n" });
    board.write("board/planned/a.md", TASK);
    await board.up();
    await board.soon("it is refused", () => board.session("a")?.state === "failed");
    expect(board.session("a")).toMatchObject({ failure: "overloaded", retries: 0 });
    const { parked } = await status(board);
    expect(parked).toHaveLength(1);
    return Date.parse(parked[0]?.until ?? "") - Date.now();
  }
}

function limit(message: string): Refusal {
  return { status: 429, message, resetsAt: Math.round(Date.now() / 1000) + LIMIT_S };
}

/** Some tell the time in whole minutes. */
function expectLimit(forMs: number): void {
  expect(Math.abs(forMs / 1000 - LIMIT_S)).toBeLessThan(180);
}

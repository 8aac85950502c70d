import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentsOf, settled } from "../helpers/board-watch.ts";
import { agentBoard } from "./bench-board.ts";
import { absence, CLIS } from "./clis.ts";
import { steps } from "./model/script.ts";
import { type ModelServer, startModelServer } from "./model/server.ts";

const CHAIN = ["claude", "codex", "opencode"].flatMap((name) => CLIS.find((it) => it.name === name) ?? []);
const TASKS = 12;
const RESET_MS = 20_000;
// Two calls of opencode, with the prices of its configuration: 3 and 15 dollars for a million tokens.
const USAGE = { input: 1000, output: 60 };
const COST_USD = (2 * (USAGE.input * 3 + USAGE.output * 15)) / 1e6;

const model: { server: ModelServer | null } = { server: null };

beforeAll(async () => {
  model.server = await startModelServer(() => ({ text: "OK" }));
});
afterAll(async () => await model.server?.close());

describe("claude → codex → opencode", () => {
  it("12 tasks, the first overloaded throughout, the second limited for 20 s", { timeout: 900_000 }, async ({
    skip,
  }) => {
    const why = CHAIN.map(absence).find((it) => it !== null) ?? null;
    if (why !== null) return skip(why);
    const { server } = model;
    if (server === null) throw new Error("there is no model");
    const [claude, codex, opencode] = CHAIN;
    if (claude === undefined || codex === undefined || opencode === undefined) throw new Error("a program is missing");
    let limitedSince: number | null = null;
    server.setScript((asked) => {
      if (asked.api === "anthropic") return { status: 529, message: "Overloaded" };
      if (asked.api === "responses") limitedSince ??= Date.now();
      if (asked.api === "responses" && Date.now() - (limitedSince ?? 0) < RESET_MS) {
        return { status: 429, message: "You have reached your limit. Please try again in 20s." };
      }
      const tool = (asked.api === "chat" ? opencode : codex).shell("echo hello >> out.txt");
      return steps({ text: "I write.", tool, usage: USAGE }, { text: "All of it is done.", usage: USAGE })(asked);
    });
    const board = await agentBoard(server, CHAIN, {
      slots: 2,
      settings: `wip: { for_review: 20 }\nprices: { models: { gpt-5.4: { input: 3, output: 15 } } }\n`,
    });
    const ids = Array.from({ length: TASKS }, (_, index) => `t${index + 1}`);
    for (const id of ids) board.write(`board/planned/${id}.md`, "# Write a line\n");
    await board.up();
    for (const id of ids) await board.arrives(id, "for_review");
    await settled(board);

    let spent = 0;
    for (const id of ids) {
      const session = board.session(id);
      expect(session).toMatchObject({ state: "done", retries: 0, reworks: 0 });
      expect(session?.agent).toMatch(/^(codex|opencode)/);
      // What it cost is in the session, on the task, and what the model counted: to the last digit.
      expect(session?.costUsd).toBeCloseTo(COST_USD, 10);
      expect(board.read(`board/for_review/${id}.md`)).toContain(`spent_usd: ${String(session?.costUsd)}\n`);
      expect(await board.git("show", `kanband/${id}:out.txt`)).toMatch(/^hello/);
      spent += session?.costUsd ?? 0;
    }
    const asked = server.asked.filter(({ api, tools }) => tools.length > 0 && api !== "anthropic");
    const answered = asked.length - asked.filter((it) => it.api === "responses" && it.step === 0).length;
    expect(answered).toBeGreaterThanOrEqual(TASKS);
    expect(spent).toBeCloseTo(TASKS * COST_USD, 8);
    expect(agentsOf(board)).toEqual([]);
    const count = (api: string): number => server.asked.filter((it) => it.api === api).length;
    console.log(
      `${TASKS} tasks, ${spent.toFixed(4)} USD; requests: ${count("anthropic")} refused by the first, ${count("responses")} to the second, ${count("chat")} to the third`,
    );
  });
});

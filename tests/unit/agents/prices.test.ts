import { describe, expect, it } from "vitest";
import type { AgentSummary, PricedTokens } from "../../../src/agents/adapter.ts";
import { costOf, knownCostOf, type PriceTable, SHIPPED_PRICES } from "../../../src/agents/prices.ts";
import { EMPTY_SUMMARY } from "../../../src/agents/summarise.ts";
import { readTranscript, replay } from "./replay.ts";

const OWN: PriceTable = {
  version: "mine",
  models: { m: { input: 1, output: 10, cached: 0.1 }, free: { input: 0, output: 0, cached: 0 } },
};
const MILLION: PricedTokens = { input: 1_000_000, output: 1_000_000, cached: 1_000_000, written: 0 };

function used(unpriced: readonly (readonly [string, PricedTokens])[], costUsd: number | null = null): AgentSummary {
  return { ...EMPTY_SUMMARY, costUsd, unpriced: new Map(unpriced) };
}

describe("costOf", () => {
  it("prices what the agent did not, and adds it to what it did", () => {
    expect(costOf(used([["m", MILLION]]), null, [OWN])).toBeCloseTo(11.1, 9);
    expect(costOf(used([["m", MILLION]], 2), null, [OWN])).toBeCloseTo(13.1, 9);
    expect(costOf(used([], 2), null, [])).toBe(2);
  });

  it("an unknown model is an unknown cost, never 0", () => {
    expect(costOf(used([["x", MILLION]]), "m", [OWN])).toBeNull();
    expect(
      costOf(
        used([
          ["m", MILLION],
          ["x", MILLION],
        ]),
        null,
        [OWN],
      ),
    ).toBeNull();
    expect(costOf(used([["", MILLION]]), null, [OWN])).toBeNull();
    expect(costOf(used([["__proto__", MILLION]]), null, [OWN])).toBeNull();
    expect(costOf(EMPTY_SUMMARY, "m", [OWN])).toBeNull();
  });

  it("what is known of an unknown cost is its least", () => {
    const some = used(
      [
        ["m", MILLION],
        ["x", MILLION],
      ],
      2,
    );
    expect(knownCostOf(some, null, [OWN]).usd).toBeCloseTo(13.1, 9);
    expect(knownCostOf(some, null, [OWN]).isWhole).toBe(false);
  });

  it("a model that is said to cost nothing costs nothing", () => {
    expect(costOf(used([["free", MILLION]]), null, [OWN])).toBe(0);
    expect(costOf(used([["x", { input: 0, output: 0, cached: 0, written: 0 }]]), null, [OWN])).toBe(0);
  });

  it("takes the model that was asked for where the agent names none, by any of its names", () => {
    expect(costOf(used([["", MILLION]]), "openrouter/vendor/m", [OWN])).toBeCloseTo(11.1, 9);
    expect(costOf(used([["m-20260101", MILLION]]), null, [OWN])).toBeCloseTo(11.1, 9);
    const whole: PriceTable = { version: "", models: { "openrouter/vendor/m": { input: 2, output: 0, cached: 0 } } };
    expect(costOf(used([["", MILLION]]), "openrouter/vendor/m", [whole, OWN])).toBeCloseTo(2, 9);
  });

  it("the first table that knows the model counts", () => {
    const dear: PriceTable = { version: "", models: { m: { input: 5, output: 0, cached: 0 } } };
    expect(costOf(used([["m", MILLION]]), null, [dear, OWN])).toBeCloseTo(5, 9);
  });

  it("prices codex and gemini runs by tokens", () => {
    const table: PriceTable = {
      version: "",
      models: { "gemini-2.5-pro": OWN.models["m"]!, "gpt-x": OWN.models["m"]! },
    };
    const expected = (800 * 1 + 200 * 0.1) / 1_000_000;
    expect(costOf(replay("gemini", "thinking").summary, null, [table])).toBeCloseTo(expected + 57 / 100_000, 9);
    expect(costOf(replay("codex", "thinking").summary, "gpt-x", [table])).toBeCloseTo(expected + 50 / 100_000, 9);
    expect(costOf(replay("codex", "thinking").summary, null, [table])).toBeNull();
  });
});

describe("the shipped prices", () => {
  it("say which day they are of", () => {
    expect(SHIPPED_PRICES.version).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  // They are what Claude Code counts by: its own figures come out of its own tokens.
  it.each(["ok-tools", "refusal", "empty-answer", "fallback-model"])("are those of the recording %s", (name) => {
    const line = readTranscript("claude", name).lines.findLast((it) => it.includes('"type":"result"')) ?? "{}";
    const { modelUsage } = JSON.parse(line) as { modelUsage: Record<string, Record<string, number>> };
    for (const [model, it] of Object.entries(modelUsage)) {
      const written = it["cacheCreationInputTokens"] ?? 0;
      const tokens = {
        input: (it["inputTokens"] ?? 0) + written,
        output: it["outputTokens"] ?? 0,
        cached: it["cacheReadInputTokens"] ?? 0,
        written,
      };
      expect(costOf(used([[model, tokens]]), null, [SHIPPED_PRICES])).toBeCloseTo(it["costUSD"] ?? -1, 9);
    }
  });
});

import type { AgentSummary, PricedTokens } from "./adapter.ts";

/** US dollars for a million tokens. `cached`: read from the provider's cache; `written`: written to it, else as `input`. */
export type ModelPrice = { input: number; output: number; cached: number; written?: number };

/** What models cost, as somebody knew it on the day that `version` names. */
export type PriceTable = { version: string; models: Readonly<Record<string, ModelPrice>> };

/**
 * Prices that were seen in use: those by which Claude Code 2.1.328 counts what it reports itself. Everything else changes
 * too often to be known here; it belongs in the board's own table, and until then its cost is unknown.
 */
export const SHIPPED_PRICES: PriceTable = {
  version: "2026-11-20",
  models: {
    "claude-sonnet-4-5": { input: 3, output: 15, cached: 0.3, written: 3.75 },
    "claude-haiku-4-5": { input: 1, output: 5, cached: 0.1, written: 1.25 },
  },
};

/**
 * What a run cost, in US dollars: what the agent reported, and its other tokens by the tables, of which the first that knows
 * the model counts. Null is unknown, never nothing: so it is when nothing was reported, or a model is in no table. `asked`
 * is the model that was asked for.
 */
export function costOf(summary: Told, asked: string | null, tables: readonly PriceTable[]): number | null {
  if (summary.costUsd === null && summary.unpriced.size === 0) return null;
  const { usd, isWhole } = knownCostOf(summary, asked, tables);
  return isWhole ? usd : null;
}

/** What is known of a run's cost: the least that it may be. A cap that this much reaches is reached. */
export function knownCostOf(
  { costUsd, unpriced, calls }: Told,
  asked: string | null,
  tables: readonly PriceTable[],
): { usd: number; isWhole: boolean } {
  let usd = costUsd ?? 0;
  let isWhole = true;
  for (const [model, tokens] of unpriced) {
    if (tokens.input + tokens.output + tokens.cached === 0) continue;
    const price = priceOf(model === "" ? asked : model, tables);
    if (price === null) isWhole = false;
    else usd += priced(tokens, price);
  }
  // Of a call that goes on, the output is a first guess: these only add to the least.
  for (const [model, tokens] of calls?.byModel ?? []) {
    const price = priceOf(model === "" ? asked : model, tables);
    if (price !== null) usd += priced(tokens, price);
    isWhole = false;
  }
  return { usd, isWhole };
}

type Told = Pick<AgentSummary, "costUsd" | "unpriced"> & Partial<Pick<AgentSummary, "calls">>;

function priceOf(model: string | null, tables: readonly PriceTable[]): ModelPrice | null {
  if (model === null) return null;
  // `openrouter/anthropic/claude-sonnet-4-5` may be listed whole or by its last part; a date behind it changes nothing.
  const last = model.slice(model.lastIndexOf("/") + 1);
  const names = [model, last, last.replace(/-20\d{6}$/, "")];
  for (const { models } of tables) {
    const name = names.find((it) => Object.hasOwn(models, it));
    if (name !== undefined) return models[name] ?? null;
  }
  return null;
}

function priced({ input, output, cached, written }: PricedTokens, price: ModelPrice): number {
  const parts = [
    (input - written) * price.input,
    written * (price.written ?? price.input),
    output * price.output,
    cached * price.cached,
  ];
  return parts.reduce((sum, it) => sum + it, 0) / 1_000_000;
}

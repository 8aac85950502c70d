import type { AgentEvent, Calls, PricedTokens, Tokens } from "./adapter.ts";

/** No call that has to be remembered. */
export const NO_CALLS: Calls = {
  counted: { input: 0, output: 0, cached: 0 },
  byModel: new Map(),
  latest: new Map(),
};

/** Calls overlap where subagents work side by side; one that is told again after so many others would be counted twice. */
const LATEST = 32;

/** The calls with one more, or with a newer figure of one that is known. Figures of one call only grow. */
export function addCall(
  calls: Calls,
  { id, model, tokens }: Extract<AgentEvent, { kind: "call" }>,
  running: string,
): Calls {
  const before = calls.latest.get(id);
  const name = before?.model ?? model ?? running;
  const now = before === undefined ? tokens : largest(before.tokens, tokens);
  const byModel = new Map(calls.byModel);
  byModel.set(name, combine(byModel.get(name), combine(now, before?.tokens, -1), 1));
  const latest = new Map([...calls.latest].filter(([it]) => it !== id).slice(1 - LATEST));
  latest.set(id, { model: name, tokens: now });
  return { counted: calls.counted, byModel, latest };
}

/** All tokens so far: of the calls, and what was counted before them. */
export function tokensWith({ counted, byModel }: Calls): Tokens {
  const { input, output, cached } = [...byModel.values()].reduce((sum, it) => combine(it, sum, 1), {
    ...NOTHING,
    ...counted,
  });
  return { input, output, cached };
}

const NOTHING: PricedTokens = { input: 0, output: 0, cached: 0, written: 0 };

function combine(a: PricedTokens = NOTHING, b: PricedTokens = NOTHING, sign: 1 | -1 = 1): PricedTokens {
  return each((key) => a[key] + sign * b[key]);
}

function largest(a: PricedTokens, b: PricedTokens): PricedTokens {
  return each((key) => Math.max(a[key], b[key]));
}

function each(of: (key: keyof PricedTokens) => number): PricedTokens {
  return { input: of("input"), output: of("output"), cached: of("cached"), written: of("written") };
}

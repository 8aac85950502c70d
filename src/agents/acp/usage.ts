import type { AgentEvent, PricedTokens } from "../adapter.ts";
import { amountOf, type Fields, fieldsOf, listOf, textOf } from "../fields.ts";

/**
 * What a turn used up, of which every agent tells another part: `usage` is the protocol's own, `quota` that of gemini, codex
 * and claude, by model. A cost counts for all of them; 0 is what an agent says that knows no price. One that tells costs and
 * no tokens by model, opencode, tells those of its last call only, which are good for nothing where the cost is not known.
 */
export function usageOf({
  usd,
  tellsCost,
  usage,
  quota,
}: {
  usd: number | null;
  tellsCost: boolean;
  usage: Fields | null;
  quota: Fields | null;
}): readonly AgentEvent[] {
  const models = listOf(quota?.["model_usage"]).map((it) => ({
    model: textOf(it["model"]),
    tokens: tokensOf(fieldsOf(it["token_count"])),
  }));
  const used = models.length > 0 ? models : [{ model: null, tokens: tokensOf(usage) }];
  const all = used.map(({ tokens }) => tokens).reduce(sum);
  const isUsed = all.input + all.output + all.cached > 0;
  if (usd !== null && (usd > 0 || !isUsed)) return [{ kind: "usage", costUsd: usd, ...all, isTotal: true }];
  if (!isUsed || (tellsCost && models.length === 0)) return [];
  return used.map(({ model, tokens }) => ({ kind: "usage", costUsd: null, ...tokens, isTotal: false, model }));
}

/** Some count what came from the cache into the input and some do not, and so it is with thoughts: the total tells. */
function tokensOf(count: Fields | null): PricedTokens {
  const of = (...names: string[]) => names.map((name) => amountOf(count?.[name])).find((it) => it !== null) ?? 0;
  const input = of("inputTokens", "input_tokens");
  const output = of("outputTokens", "output_tokens");
  const cached = of("cachedReadTokens", "cachedInputTokens");
  const written = of("cachedWriteTokens", "cacheWriteInputTokens");
  const thought = of("thoughtTokens", "reasoningOutputTokens");
  const beside = of("totalTokens") - input - output;
  const isCacheApart = beside >= cached + written && beside > 0;
  const isThoughtApart = thought > 0 && beside === (isCacheApart ? cached + written : 0) + thought;
  return {
    input: isCacheApart ? input + written : Math.max(0, input - cached),
    output: isThoughtApart ? output + thought : output,
    cached: isCacheApart ? cached : Math.min(cached, input),
    written: Math.min(written, isCacheApart ? input + written : input),
  };
}

function sum(a: PricedTokens, b: PricedTokens): PricedTokens {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cached: a.cached + b.cached,
    written: a.written + b.written,
  };
}

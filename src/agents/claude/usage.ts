import type { AgentEvent } from "../adapter.ts";
import { amountOf, type Fields, fieldsOf, textOf } from "../fields.ts";

/**
 * What the calls up to a `result` line used up, subagents among them; `usage` of that line leaves them out. Since 2.1.3xx the
 * totals count the earlier runs of a resumed conversation, too, and a field of its own has what is new; older ones have
 * only the totals, and there they are of this process.
 */
export function usageOf(result: Fields): readonly AgentEvent[] {
  const since = fieldsOf(result["model_usage_since_last_result"]);
  const models = since ?? fieldsOf(result["modelUsage"]);
  const total = amountOf(result["total_cost_usd"]);
  if (models === null && total === null) return [];
  const used = Object.values(models ?? {}).map((it) => fieldsOf(it) ?? {});
  const sum = (key: string) => used.reduce((all, it) => all + (amountOf(it[key]) ?? 0), 0);
  const written = sum("cacheCreationInputTokens");
  const isCostKnown = used.every((it) => amountOf(it["costUSD"]) !== null);
  return [
    {
      kind: "usage",
      costUsd: since === null ? total : isCostKnown ? sum("costUSD") : null,
      input: sum("inputTokens") + written,
      output: sum("outputTokens"),
      cached: sum("cacheReadInputTokens"),
      written,
      isTotal: since === null,
    },
  ];
}

/**
 * What a call of the model has used up, as each of its lines says: exact for what went in, while the output is the first
 * guess of the stream. Lines of subagents are calls as well.
 */
export function callOf(message: Fields | null): readonly AgentEvent[] {
  const usage = fieldsOf(message?.["usage"]);
  const id = textOf(message?.["id"]);
  if (usage === null || id === null) return [];
  const count = (key: string) => amountOf(usage[key]) ?? 0;
  const written = count("cache_creation_input_tokens");
  const tokens = {
    input: count("input_tokens") + written,
    output: count("output_tokens"),
    cached: count("cache_read_input_tokens"),
    written,
  };
  return tokens.input + tokens.output + tokens.cached === 0
    ? []
    : [{ kind: "call", id, model: textOf(message?.["model"]), tokens }];
}

import type { AgentEvent } from "../adapter.ts";
import { amountOf, type Fields, fieldsOf } from "../fields.ts";

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

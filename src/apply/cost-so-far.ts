import type { AgentSummary } from "../agents/adapter.ts";
import { AGENTS } from "../agents/agents.ts";
import { costOf, SHIPPED_PRICES } from "../agents/prices.ts";
import type { World } from "./world.ts";

/** What a run has cost by what it said so far, in US dollars; null is unknown. `model`: the one that was asked for. */
export function costSoFar(
  world: World,
  run: { adapter: string | null; model: string | null },
  summary: AgentSummary,
): number | null {
  const isFree = AGENTS.get(run.adapter ?? "")?.isFree === true;
  if (isFree) return summary.costUsd ?? 0;
  const usd = costOf(summary, run.model, [world.settings().prices, SHIPPED_PRICES]);
  // Sums of floating point numbers; nobody is billed in millionths of a cent.
  return usd === null ? null : Math.round(usd * 1e8) / 1e8;
}

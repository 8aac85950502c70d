import type { AgentSummary } from "../agents/adapter.ts";
import { AGENTS } from "../agents/agents.ts";
import { costOf, knownCostOf, SHIPPED_PRICES } from "../agents/prices.ts";
import type { World } from "./world.ts";

/**
 * What a run has cost by what it said so far, in US dollars: null is unknown, `leastUsd` what is known of it. `model`: the one
 * that was asked for.
 */
export function costSoFar(
  world: World,
  run: { adapter: string | null; model: string | null },
  summary: AgentSummary,
): { costUsd: number | null; leastUsd: number } {
  const isFree = AGENTS.get(run.adapter ?? "")?.isFree === true;
  const tables = [world.settings().prices, SHIPPED_PRICES];
  const costUsd = isFree ? (summary.costUsd ?? 0) : costOf(summary, run.model, tables);
  const leastUsd = round(costUsd ?? knownCostOf(summary, run.model, tables).usd);
  return { costUsd: costUsd === null ? null : leastUsd, leastUsd };
}

// Sums of floating point numbers; nobody is billed in millionths of a cent.
function round(usd: number): number {
  return Math.round(usd * 1e8) / 1e8;
}

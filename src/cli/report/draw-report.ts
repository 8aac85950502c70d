import { type Line, pad, type Span, widthOf } from "../status/line.ts";
import { formatBytes, formatCost, formatElapsed, safe } from "../status/words.ts";
import type { Group, Report, Sums } from "./sum-runs.ts";

const HEADS = ["runs", "cost", "input", "output", "cached", "prompts", "time"] as const;

/** The four tables and the total, their columns below each other. */
export function drawReport(report: Report): Line[] {
  const tables: readonly (readonly [string, readonly Group[]])[] = [
    ["persona", report.byPersona],
    ["workflow", report.byWorkflow],
    ["verdict", report.byVerdict],
    ["day (UTC)", report.byDay],
  ];
  const rows: Line[] = [];
  for (const [title, groups] of tables) {
    rows.push([[title, "bold"], ...HEADS.map((head): Span => [head, "dim"])]);
    rows.push(...groups.map((group): Line => [[safe(group.name), "cyan"], ...cellsOf(group)]), []);
  }
  rows.push([["total", "bold"], ...cellsOf(report.total)]);
  const widths = [0, ...HEADS.map((_, at) => at + 1)].map((at) =>
    Math.max(0, ...rows.map((row) => widthOf([row[at] ?? [""]]))),
  );
  return rows.map((row) => row.flatMap((span, at) => aligned(span, widths[at] ?? 0, at)));
}

// Names stand left, figures right.
function aligned(span: Span, width: number, at: number): Line {
  if (at === 0) return pad([span], width);
  return [["  "], [" ".repeat(width - widthOf([span]))], span];
}

function cellsOf({ runs, costUsd, unknownCosts, tokens, promptBytes, wallMs }: Sums): Span[] {
  const known = costUsd === null ? [] : [formatCost(costUsd)];
  const unknown = unknownCosts === 0 ? [] : [costUsd === null ? "unknown" : `${unknownCosts} unknown`];
  return [
    [String(runs)],
    [[...known, ...unknown].join(" + ")],
    ...[tokens?.input, tokens?.output, tokens?.cached].map(
      (it): Span => (it === undefined ? ["-", "dim"] : [counted(it)]),
    ),
    promptBytes === null ? ["-", "dim"] : [formatBytes(promptBytes)],
    [formatElapsed(wallMs)],
  ];
}

function counted(count: number): string {
  return count.toLocaleString("en-US");
}

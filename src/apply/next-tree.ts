import type { TreeResult } from "./tree-results.ts";

/**
 * What to do with a batch: bring its first tasks into the base, with what is said of the one behind them; or try the first
 * ones.
 */
export type NextTree = { state: "land"; count: number; red: TreeResult | null } | { state: "try"; count: number };

/**
 * What follows from what is known of the trees of a batch: `known[i]` is about its first i + 1 tasks, together. All of it is
 * tried first. Where it is red, and red once more (`retries`), the middle between what is known to pass and what is known to fail
 * is tried, until one task stands between them; that one has to be red as often before it is blamed.
 */
export function nextTree(known: readonly (TreeResult | null)[], retries: number): NextTree {
  const all = known.length;
  const good = known.findLastIndex((it) => it?.isGreen === true) + 1;
  const behind = known.findIndex((it, index) => index >= good && isRed(it)) + 1;
  if (behind === 0) return good === all ? { state: "land", count: good, red: null } : { state: "try", count: all };
  const red = known[behind - 1] ?? null;
  if (behind === good + 1) return isSure(red, retries) ? { state: "land", count: good, red } : tryAgain(behind);
  if (behind === all && !isSure(red, retries)) return tryAgain(all);
  return { state: "try", count: Math.floor((good + behind) / 2) };
}

function tryAgain(count: number): NextTree {
  return { state: "try", count };
}

function isRed(result: TreeResult | null): boolean {
  return result !== null && !result.isGreen && result.red.length > 0;
}

function isSure(result: TreeResult | null, retries: number): boolean {
  return result !== null && (result.red.length > retries || result.red.some(({ isFinal }) => isFinal));
}

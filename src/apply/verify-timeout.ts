import type { Settings } from "../config/settings.ts";

/**
 * The longest time of a run of `verify`, in ms: `checks.timeout`, and never more than the longest of the tasks it is about has
 * for a run of its agent. Null: no limit.
 */
export function verifyTimeout(
  { checks, timeoutMs }: Pick<Settings, "checks" | "timeoutMs">,
  tasks: readonly { timeoutMs: number | "none" | null }[],
): number | null {
  const own = tasks.map((it) => (it.timeoutMs === "none" ? null : (it.timeoutMs ?? timeoutMs)));
  const limits = [checks.timeoutMs, ...(own.includes(null) ? [] : [Math.max(...own.map((it) => it ?? 0))])];
  const known = limits.filter((it) => it !== null);
  return known.length === 0 ? null : Math.min(...known);
}

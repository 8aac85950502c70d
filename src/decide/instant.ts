import { formatInstant } from "../board/instant.ts";

const SECOND_MS = 1000;
const DAY_MS = 86_400_000;
/** The last instant that a calendar of ours can name. */
const LAST_MS = 8_640_000_000_000_000;

/** An instant (ms since the epoch) as reasons name it: `2026-11-20T10:00:00Z`, UTC, whole seconds. */
export function formatSecond(at: number): string {
  const named = Math.min(Math.max(at, 0), LAST_MS);
  return formatInstant(named - (named % SECOND_MS));
}

/** The number of the UTC day an instant falls on. */
export function utcDay(at: number): number {
  return Math.floor(at / DAY_MS);
}

/** The first instant of the UTC day after the one of `at`. */
export function nextUtcDay(at: number): number {
  return (utcDay(at) + 1) * DAY_MS;
}

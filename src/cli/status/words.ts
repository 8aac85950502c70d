import { oneLine } from "../../board/text.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** How long something has been going on, in its two largest units: `45s`, `2m 14s`, `1h 05m`, `3d 4h`. */
export function formatElapsed(ms: number): string {
  const span = Math.max(0, ms);
  if (span < MINUTE_MS) return `${Math.floor(span / SECOND_MS)}s`;
  if (span < HOUR_MS) return `${Math.floor(span / MINUTE_MS)}m ${two((span % MINUTE_MS) / SECOND_MS)}s`;
  if (span < DAY_MS) return `${Math.floor(span / HOUR_MS)}h ${two((span % HOUR_MS) / MINUTE_MS)}m`;
  return `${Math.floor(span / DAY_MS)}d ${Math.floor((span % DAY_MS) / HOUR_MS)}h`;
}

/** Money as people read it. Small sums keep the digits that tell them from nothing. */
export function formatCost(usd: number): string {
  return `$${usd !== 0 && usd < 0.01 ? usd.toFixed(4) : usd.toFixed(2)}`;
}

/** A number of bytes as people read it: `812 B`, `3.1 kB`, `1.2 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** Who is at work, and at what: `design (architect)`. `step`: null for a task that has only one. */
export function whoDoes(step: string | null, persona: string | null): string {
  if (step === null || persona === null || step === persona) return step ?? persona ?? "";
  return `${step} (${persona})`;
}

/** Anything from a file, safe to show: one line, no control characters. */
export function safe(text: string): string {
  return oneLine(text, 500);
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, "0");
}

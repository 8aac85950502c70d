import { parseInstant } from "../../board/instant.ts";
import { parseDuration } from "../../config/parse-duration.ts";
import { KanbandError } from "../../errors.ts";

/** The instant from which on runs count: `2026-11-20` (its begin in UTC), an instant, or `7d` before `now`. Throws USAGE. */
export function parseSince(text: string, now: number): number {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? parseInstant(`${text}T00:00:00Z`) : parseInstant(text);
  if (day !== null) return day;
  const span = parseDuration(text);
  if (span !== null) return now - span;
  throw new KanbandError(
    "USAGE",
    `--since is '${text}'; expected a day such as 2026-11-20, or a time such as 7d or 12h`,
  );
}

/**
 * When a limit ends, in ms since the epoch, as the words of a provider tell it: an instant, "in 2 hours 5 minutes",
 * "resets 3pm (Europe/Berlin)", "try again at Aug 8th, 2026 12:30 PM". Such times are counted from `at`; without a zone
 * they are of this machine. Null when the words tell none, or one that cannot be meant.
 */
export function parseResetTime(text: string, at: number | null): number | null {
  const found =
    epochIn(text) ??
    instantIn(text) ??
    (at === null ? null : (spanIn(text, at) ?? clockIn(text, at) ?? delayIn(text, at)));
  return found === null || (at !== null && found > at + LONGEST_MS) ? null : found;
}

/** The value of a `Retry-After` header: seconds, or an HTTP date. */
export function parseRetryAfter(value: string, at: number | null): number | null {
  if (/^\s*\d+(?:\.\d+)?\s*$/.test(value)) return at === null ? null : at + Number(value) * 1000;
  return /^[A-Z][a-z]{2}, /.test(value) ? orNull(Date.parse(value)) : null;
}

// Longer than any plan's window; a mistake must not park an agent for good.
const LONGEST_MS = 40 * 86_400_000;
const UNIT_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const AMOUNT = String.raw`\d+(?:\.\d+)?\s*(?:days?|d|hours?|hrs?|h|minutes?|mins?|min|m|seconds?|secs?|sec|s|ms)(?![a-z])`;
const SPAN = new RegExp(
  String.raw`(?:again|retry|resets?|wait|until)\b(?: (?:in|after|for|about))*\s+((?:${AMOUNT}[\s,]*(?:and\s+)?)+)`,
  "i",
);
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const CLOCK =
  /(?:again|resets?|until)\b(?: (?:at|on))*\s+(?:([A-Za-z]{3})[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?,?(?: (\d{4}),?)?(?: at)? )?(\d{1,2})(?::(\d\d))?(?::\d\d)? ?([ap]m\b)?(?: ?\(([A-Za-z0-9_+/-]+)\))?/i;

function epochIn(text: string): number | null {
  const found = /\|(\d{10})(?:\d{3})?\b/.exec(text);
  return found === null ? null : Number(found[1]) * 1000;
}

function instantIn(text: string): number | null {
  const found = /\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)/.exec(text);
  return found === null ? null : orNull(Date.parse(found[0]));
}

function spanIn(text: string, at: number): number | null {
  const found = SPAN.exec(text)?.[1];
  if (found === undefined) return null;
  let total = 0;
  for (const [, amount = "", word = ""] of found.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)/gi)) {
    const unit = word.toLowerCase() === "ms" ? "ms" : word.charAt(0).toLowerCase();
    total += Number(amount) * (UNIT_MS[unit as keyof typeof UNIT_MS] ?? 0);
  }
  return at + total;
}

/** As Gemini prints its own error. */
function delayIn(text: string, at: number): number | null {
  const found = /\bretryDelayMs: (\d+(?:\.\d+)?)\b/.exec(text);
  return found === null ? null : at + Number(found[1]);
}

function clockIn(text: string, at: number): number | null {
  const [, monthName, day, year, hour = "", minute, half, zone] = CLOCK.exec(text) ?? [];
  // A bare number is no time of day.
  if (hour === "" || (minute === undefined && half === undefined)) return null;
  const hours = half === undefined ? Number(hour) : (Number(hour) % 12) + (half.toLowerCase() === "pm" ? 12 : 0);
  if (hours > 23 || Number(minute ?? 0) > 59) return null;
  try {
    const today = partsOf(at, zone);
    const month = monthName === undefined ? today.month : MONTHS.indexOf(monthName.toLowerCase());
    if (month < 0) return null;
    const date = { year: Number(year ?? today.year), month, day: Number(day ?? today.day) };
    const found = instantOf({ ...date, hours, minutes: Number(minute ?? 0) }, zone);
    if (found > at || year !== undefined) return found;
    const next = monthName === undefined ? { ...date, day: date.day + 1 } : { ...date, year: date.year + 1 };
    return instantOf({ ...next, hours, minutes: Number(minute ?? 0) }, zone);
  } catch {
    // A zone that nobody knows.
    return null;
  }
}

type Parts = { year: number; month: number; day: number; hours: number; minutes: number };

function instantOf(it: Parts, zone: string | undefined): number {
  const wanted = Date.UTC(it.year, it.month, it.day, it.hours, it.minutes);
  // Twice, since the first guess may lie on the other side of a change of the clocks.
  const guess = wanted - offsetAt(wanted, zone);
  return wanted - offsetAt(guess, zone);
}

function offsetAt(at: number, zone: string | undefined): number {
  const { year, month, day, hours, minutes } = partsOf(at, zone);
  return Date.UTC(year, month, day, hours, minutes) - Math.floor(at / 60_000) * 60_000;
}

function partsOf(at: number, zone: string | undefined): Parts {
  const format = new Intl.DateTimeFormat("en-US", {
    ...(zone === undefined ? {} : { timeZone: zone }),
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return {
    year: part("year"),
    month: part("month") - 1,
    day: part("day"),
    hours: part("hour"),
    minutes: part("minute"),
  };
}

function orNull(at: number): number | null {
  return Number.isNaN(at) ? null : at;
}

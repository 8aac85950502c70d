import ms, { type StringValue } from "ms";

/** Milliseconds in a duration such as `30m`, `1.5h` or `7d`; null when it is none. A bare number has no unit and is none. */
export function parseDuration(text: string): number | null {
  const written = text.trim();
  if (!/^\d{1,12}(?:\.\d{1,6})?\s*[a-z]+$/i.test(written)) return null;
  const value: number | undefined = ms(written as StringValue);
  return value === undefined || !Number.isFinite(value) ? null : Math.round(value);
}

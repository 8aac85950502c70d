/** An object that a program printed, of which nothing is known yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** A line as a JSON object; null when it is anything else, such as half of one. */
export function parseObject(line: string): Fields | null {
  if (!line.startsWith("{")) return null;
  try {
    return fieldsOf(JSON.parse(line) as unknown);
  } catch {
    return null;
  }
}

/** An object, or null. */
export function fieldsOf(value: unknown): Fields | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}

/** The objects of a list; none when it is no list. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf).filter((it) => it !== null) : [];
}

/** A string, or null. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

/** A number that can be counted or paid; a negative or endless amount would let a program give itself a budget. */
export function amountOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

import { isReadAs } from "./front-matter-yaml.ts";

export type Scalar = string | number | boolean;
export type ScalarStyle = "plain" | "single" | "double";

// What YAML does not allow, what an editor does not show, what a reader of lines would break at: controls, lone surrogates,
// line separators, marks of direction.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/gu;
const OTHER_MEANING = /^(?:y|yes|n|no|on|off|true|false|null|nan|inf)$/i;
const NUMBER_LIKE = /^[\d._:+-]+$|^\d{4}-\d\d?-\d\d?/;

/**
 * One line of YAML that reads as exactly this value, in the style asked for where that style can say it.
 * Text is quoted when YAML 1.1 or 1.2 would take it for something else.
 */
export function formatScalar(value: Scalar | null, style: ScalarStyle = "plain"): string {
  if (value === null) return "null";
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "boolean") return String(value);
  if (value.search(UNPRINTABLE) !== -1) return doubleQuoted(value);
  if (style === "single") return `'${value.replaceAll("'", "''")}'`;
  return style === "plain" && isPlainSafe(value) ? value : doubleQuoted(value);
}

/** Any plain data as one line of JSON that is YAML too, and that an editor can show. */
export function formatJson(value: unknown): string {
  return escapeUnprintable(JSON.stringify(value));
}

function formatNumber(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? ".nan" : `${value < 0 ? "-" : ""}.inf`;
}

function isPlainSafe(value: string): boolean {
  if (!/^[\p{L}\p{N}_./(]/u.test(value) || /[:\s]$|:\s|\s#|[[\]{}]|,\s|\n/.test(value)) return false;
  return !OTHER_MEANING.test(value) && !NUMBER_LIKE.test(value) && isReadAs(value, value);
}

function doubleQuoted(value: string): string {
  return escapeUnprintable(JSON.stringify(value));
}

function escapeUnprintable(json: string): string {
  return json.replace(UNPRINTABLE, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

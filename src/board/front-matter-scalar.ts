import { isReadAs } from "./front-matter-yaml.ts";

export type Scalar = string | number | boolean;
export type ScalarStyle = "plain" | "single" | "double";

// Characters YAML does not allow, or that an editor does not show, or that a reader of lines would break at.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]|[\ud800-\udfff]/u;

/**
 * One line of YAML that reads as exactly this value, in the style asked for where that style can say it.
 * Plain text is quoted when YAML 1.1 or 1.2 would take it for something else.
 */
export function formatScalar(value: Scalar, style: ScalarStyle = "plain"): string {
  if (typeof value !== "string") return formatOther(value);
  if (UNPRINTABLE.test(value)) return doubleQuoted(value);
  if (style === "single") return `'${value.replaceAll("'", "''")}'`;
  if (style === "plain" && isPlainSafe(value)) return value;
  return doubleQuoted(value);
}

function formatOther(value: number | boolean): string {
  if (value === Number.POSITIVE_INFINITY) return ".inf";
  if (value === Number.NEGATIVE_INFINITY) return "-.inf";
  return String(value);
}

function isPlainSafe(value: string): boolean {
  if (!/^[\p{L}\p{N}_./(][^\n]*$/u.test(value) || /[:\s]$|: |:\t|\s#|^[\d._:+-]*$|[[\]{}]|, /u.test(value))
    return false;
  if (/^(?:y|yes|n|no|on|off|true|false|null|nan|inf)$/i.test(value)) return false;
  return isReadAs(value, value);
}

function doubleQuoted(value: string): string {
  const isEscaped = new RegExp(UNPRINTABLE.source, "gu");
  return JSON.stringify(value).replace(isEscaped, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

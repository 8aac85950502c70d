import type { Finding } from "./finding.ts";
import type { FrontMatter } from "./front-matter.ts";

type KeyKinds = {
  /** Keys whose value is text: a number or a truth value is taken as it is written. */
  texts: ReadonlySet<string>;
  /** Keys whose value names something: the same, but with a warning, since other programs read `007` as 7. */
  names: ReadonlySet<string>;
};

/**
 * The data of a front matter made ready for its schema. Null counts as absent; what YAML took for a number where text is meant is
 * put back as it was written; the text `"[]"` where a list is meant is an empty list.
 */
export function plainValues(
  file: FrontMatter,
  kinds: KeyKinds & { path: string; code: string; lists: ReadonlySet<string> },
): { values: Record<string, unknown>; findings: Finding[] } {
  const values: Record<string, unknown> = {};
  const findings: Finding[] = [];
  const warn = (key: string, message: string, hint: string): number =>
    findings.push({ path: kinds.path, line: file.lineOf(key), severity: "warning", code: kinds.code, message, hint });
  let texts: Record<string, unknown> | null = null;

  for (const [key, value] of Object.entries(file.data ?? {})) {
    if (value === null || value === undefined) continue;
    values[key] = value;
    const isName = kinds.names.has(key);
    if (kinds.lists.has(key) && value === "[]") {
      values[key] = [];
      warn(key, `\`${key}\` is the text "[]"; read as an empty list`, `Write \`${key}: []\` without quotes.`);
    } else if ((isName || kinds.texts.has(key)) && hasNumber(value)) {
      texts ??= file.texts();
      values[key] = asWritten(value, texts[key]);
      if (isName)
        warn(
          key,
          `\`${key}\` holds ${JSON.stringify(values[key])} without quotes, which is a number to other programs`,
          "Put it in quotes.",
        );
    }
  }
  return { values, findings };
}

function hasNumber(value: unknown): boolean {
  return Array.isArray(value) ? value.some(isBare) : isBare(value);
}

function isBare(value: unknown): boolean {
  return typeof value === "number" || typeof value === "boolean";
}

function asWritten(value: unknown, written: unknown): unknown {
  if (!Array.isArray(value) || !Array.isArray(written)) return isBare(value) ? written : value;
  return value.map((item: unknown, index) => (isBare(item) ? (written[index] as unknown) : item));
}

/** What to type instead of a line that YAML refuses, for the slips people make most. */
export function hintForYaml(source: string, reason: string): string {
  if (reason.startsWith("duplicated")) return "Keep one of the two lines.";
  if (/^-[^\s-]/.test(source)) return `Put a blank behind the dash: - ${source.slice(1)}`;
  if (source.includes("\t")) return "Indent with blanks; YAML refuses tabs.";
  const [, key, value] = LIKELY_UNQUOTED.map((it) => it.exec(source)).find((it) => it !== null) ?? [];
  if (key === undefined || value === undefined)
    return "Mend the line it names; the file is read again when it is saved.";
  return `Put the value in quotes: ${key} ${JSON.stringify(value)}`;
}

// A `: ` inside of a title; an item or value that begins with `@` or a backtick; a `*` or `%` that YAML takes for its own.
const LIKELY_UNQUOTED = [/^([\w-]+:) +([^"'[{|>].*: .*)$/, /^(-|[\w-]+:) +([@`%*&!].*)$/];

/**
 * The 1-based line of a key or list item in block-style YAML, shifted by `offset` lines; the nearest enclosing line when the
 * item itself stands in the middle of one; null when not even the first key is found. For messages: it goes by indentation.
 */
export function findLine(yaml: string, path: ReadonlyArray<string | number>, offset: number): number | null {
  const lines = yaml.split("\n");
  let range = { from: 0, to: lines.length };
  let found: number | null = null;
  for (const step of path) {
    const at = typeof step === "string" ? findKey(lines, range, step) : findItem(lines, range, step);
    if (at === null) break;
    found = at;
    range = { from: typeof step === "string" ? at + 1 : at, to: endOfBlock(lines, at, range.to) };
  }
  return found === null ? null : found + 1 + offset;
}

type Range = { from: number; to: number };

function findKey(lines: readonly string[], { from, to }: Range, key: string): number | null {
  const written = new RegExp(
    `^([ \\t]*(?:- +)*)(?:${escape(key)}|"${escape(key)}"|'${escape(key)}')[ \\t]*:(?:[ \\t]|$)`,
  );
  let best: { at: number; indent: number } | null = null;
  for (let at = from; at < to; at += 1) {
    const indent = written.exec(lines[at] ?? "")?.[1]?.length;
    if (indent !== undefined && (best === null || indent < best.indent)) best = { at, indent };
  }
  return best?.at ?? null;
}

function findItem(lines: readonly string[], { from, to }: Range, index: number): number | null {
  let indent: number | null = null;
  let seen = -1;
  for (let at = from; at < to; at += 1) {
    const dash = /^([ \t]*)-(?:[ \t]|$)/.exec(lines[at] ?? "")?.[1]?.length;
    if (dash === undefined) continue;
    indent ??= dash;
    if (dash === indent) seen += 1;
    if (dash === indent && seen === index) return at;
  }
  return null;
}

function endOfBlock(lines: readonly string[], start: number, limit: number): number {
  const indent = indentOf(lines[start] ?? "");
  const isItem = /^[ \t]*-(?:[ \t]|$)/.test(lines[start] ?? "");
  for (let at = start + 1; at < limit; at += 1) {
    const line = lines[at] ?? "";
    if (line.trim() === "" || line.trimStart().startsWith("#")) continue;
    const isListBelowKey = !isItem && /^[ \t]*-(?:[ \t]|$)/.test(line) && indentOf(line) === indent;
    if (indentOf(line) <= indent && !isListBelowKey) return at;
  }
  return limit;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function escape(key: string): string {
  return key.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** `key`: section and name in lower case, what is between them as it stands. `from`, `to`: where it is in the text. */
export type ConfigEntry = { key: string; value: string | null; from: number; to: number };

/** The settings in the text of a git configuration, read as git does, in their order. What git would not read is passed over. */
export function parseConfig(text: string): ConfigEntry[] {
  const found: ConfigEntry[] = [];
  let section = "";
  for (let at = 0; at < text.length; ) {
    const [header, name = "", sub] = matchAt(HEADER, text, at);
    const [start, key = "", hasValue] = header === undefined ? matchAt(KEY, text, at) : [];
    if (header !== undefined) {
      section = sub === undefined ? name.toLowerCase() : `${name.toLowerCase()}.${sub.replace(/\\(.)/g, "$1")}`;
      at += header.length;
    } else if (start === undefined) {
      at += matchAt(/\s+|[^\n]+/y, text, at)[0]?.length ?? 1;
    } else {
      const { value, to } =
        hasValue === undefined ? { value: null, to: at + start.length } : readValue(text, at + start.length);
      found.push({ key: `${section}.${key.toLowerCase()}`, value, from: at, to });
      at = to;
    }
  }
  return found;
}

/** A text with the settings of these names as another one has them, and the rest as it is. Names without any there go. */
export function withSettingsOf(text: string, names: readonly string[], source: string): string {
  const theirs = parseConfig(source);
  const done = new Set<string>();
  const edits = parseConfig(text).flatMap(({ key, from, to }) => {
    if (!names.includes(key)) return [];
    const raw = done.has(key) ? [] : theirs.filter((it) => it.key === key).map((it) => source.slice(it.from, it.to));
    done.add(key);
    return [raw.length > 0 ? { from, to, raw: raw.join("\n\t") } : { ...wholeLine(text, from, to), raw: "" }];
  });
  const edited = edits.reduceRight((all, it) => all.slice(0, it.from) + it.raw + all.slice(it.to), text);
  return withoutNewHeaders(edited, source);
}

const HEADER = /\[\s*([A-Za-z0-9.-]+)\s*(?:"((?:[^"\\\n]|\\.)*)")?\s*\]/y;
const KEY = /([A-Za-z][A-Za-z0-9-]*)[ \t]*(=)?/y;

function matchAt(pattern: RegExp, text: string, at: number): (string | undefined)[] {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? [];
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", b: "\b", "\r\n": "", "\n": "" };

// Space around a value and what comes after `#` or `;` are no part of it, unless they stand in quotes.
function readValue(text: string, start: number): { value: string; to: number } {
  let value = "";
  let space = "";
  let isQuoted = false;
  let at = start;
  while (at < text.length && !/^\r?\n/.test(text.slice(at, at + 2))) {
    const char = text.charAt(at);
    const [escaped, after = ""] = matchAt(/\\(\r?\n|[^])/y, text, at);
    if (!isQuoted && /[#;]/.test(char))
      return { value, to: at + (matchAt(/[^\n]*?(?=\r?\n|$)/y, text, at)[0] ?? "").length };
    if (!isQuoted && /\s/.test(char)) space += value === "" ? "" : char;
    else if (char === '"') isQuoted = !isQuoted;
    else {
      value += space + (escaped === undefined ? char : (ESCAPES[after] ?? after));
      space = "";
    }
    at += escaped?.length ?? 1;
  }
  return { value, to: at };
}

function wholeLine(text: string, from: number, to: number): { from: number; to: number } {
  const start = text.lastIndexOf("\n", from - 1) + 1;
  const end = /^\r?\n/.exec(text.slice(to, to + 2))?.[0].length ?? 0;
  return text.slice(start, from).trim() === "" ? { from: start, to: to + end } : { from, to };
}

function withoutNewHeaders(text: string, source: string): string {
  return text.replace(/^[ \t]*\[[^\n]*\][ \t]*\r?\n(?=\s*(?:\[|$(?![^])))/gm, (it) =>
    source.includes(it.trim()) ? it : "",
  );
}

import { KanbandError } from "../errors.ts";
import { findBadText } from "./bad-text.ts";
import { type Fences, splitFences } from "./fences.ts";
import type { Finding } from "./finding.ts";
import { changePairs } from "./front-matter-change.ts";
import { locatePairs, parseYamlMap, parseYamlTexts, type YamlMap } from "./front-matter-yaml.ts";
import { withLf } from "./text.ts";
import { hintForYaml } from "./yaml-hint.ts";
import { findLine } from "./yaml-lines.ts";

/** A Markdown file read: its front matter as values and the text below. */
export type FrontMatter = {
  /** Empty when there is no front matter; null when the file cannot be read, and then `findings` says why. */
  data: YamlMap | null;
  /** The same keys with every scalar as written (`007`, `1.10`). Costs a second parse: for what must be exact. */
  texts: () => YamlMap;
  /** Line ends are LF here whatever the file has. */
  body: string;
  /** 1-based line at which the body starts. */
  bodyLine: number;
  /** 1-based line of a top-level key. */
  lineOf: (key: string) => number | null;
  /** 1-based line of a nested key or list item, or of the nearest thing around it that can be found. */
  lineAt: (path: ReadonlyArray<string | number>) => number | null;
  findings: Finding[];
};

export type ReadOptions = {
  /** Code of the findings. */
  code?: string;
  /** Largest size in bytes. */
  maxBytes?: number;
  /** The body is quoted data: whatever stands in it is no finding. */
  isBodyData?: boolean;
};

const MAX_BYTES = 1024 * 1024;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Reads the bytes of a Markdown file. Never throws and remembers nothing: the same bytes give the same findings.
 * Refused, each with its line: invalid UTF-8, NUL, over 1 MiB, conflict markers, an unclosed or foreign fence
 * (`---js` is never evaluated), YAML that is broken, not a map, or expands without end.
 */
export function readFrontMatter(path: string, bytes: Uint8Array, options: ReadOptions = {}): FrontMatter {
  const code = options.code ?? "TASK_INVALID";
  const refuse = (line: number | null, message: string, hint: string | null): FrontMatter =>
    unreadable({ path, line, severity: "error", code, message, hint });

  const maxBytes = options.maxBytes ?? MAX_BYTES;
  if (bytes.length > maxBytes) {
    const message = `the file has ${String(bytes.length)} bytes; at most ${String(maxBytes)} are read`;
    return refuse(null, message, "Move the bulk of it elsewhere and link to it.");
  }
  const text = decode(bytes);
  if (text === null) {
    return refuse(lineOfBadByte(bytes), "the file is not valid UTF-8", "Save it again with the encoding UTF-8.");
  }
  const fences = splitFences(text);
  const problem = findBadText(text, fences, options.isBodyData ?? false) ?? fences.problem;
  if (problem !== null) return refuse(problem.line, problem.message, problem.hint);

  const body = withLf(text.slice(fences.bodyStart));
  const yaml = withLf(text.slice(fences.yamlStart, fences.yamlEnd));
  const parsed = fences.state === "none" ? { map: {} } : parseBlock(yaml);
  if ("problem" in parsed) {
    const { line, reason } = parsed.problem;
    const source = (yaml.split("\n")[line - 1] ?? "").trim().slice(0, 80);
    const message = `front matter is not readable YAML: ${reason}${source === "" ? "" : `, at \`${source}\``}`;
    return { ...refuse(line + 1, message, hintForYaml(source, reason)), body, bodyLine: fences.bodyLine };
  }
  return {
    data: parsed.map,
    texts: () => (fences.state === "none" ? {} : parseYamlTexts(yaml)),
    body,
    bodyLine: fences.bodyLine,
    lineOf: (key) => findLine(yaml, [key], 1),
    lineAt: (keys) => findLine(yaml, keys, 1),
    findings: [],
  };
}

/**
 * Sets keys of the front matter in the text of a file; null removes a key. Byte-exact: only the lines of those keys change,
 * whatever the rest looks like (comments, quoting, order, CRLF, byte order mark, final newline); a key that is absent gets a
 * line at the end of the block; a text without a block gets one at its top. A key that already has the value is not touched.
 * Throws TASK_INVALID when the front matter cannot be read, or cannot be changed without changing another key.
 * One edit cannot be undone exactly by its opposite: removing the last key leaves the two fences.
 */
export function editFrontMatter(
  text: string,
  changes: ReadonlyArray<readonly [string, string | number | boolean | null]>,
): string {
  const fences = splitFences(text);
  const raw = text.slice(fences.yamlStart, fences.yamlEnd);
  if (fences.problem !== null) throw new KanbandError("TASK_INVALID", fences.problem.message);
  const edited = changePairs(raw, eolOf(text, fences), changes);
  if (edited === raw) return text;
  const before = text.slice(0, fences.yamlStart);
  const after = text.slice(fences.yamlEnd);
  if (fences.state === "block") return before + edited + after;
  const eol = eolOf(text, fences);
  return `${before}---${eol}${edited}---${eol}${after}`;
}

function parseBlock(yaml: string): ReturnType<typeof parseYamlMap> {
  const parsed = parseYamlMap(yaml);
  if ("problem" in parsed || !/^[ \t]*\?[ \t\n]/m.test(yaml) || locatePairs(yaml) !== null) return parsed;
  const line = yaml.split("\n").findIndex((it) => /^[ \t]*\?(?:[ \t]|$)/.test(it)) + 1;
  return { problem: { line, reason: "keys marked with `?` are not supported" } };
}

function eolOf(text: string, { start }: Fences): "\r\n" | "\n" {
  const end = text.indexOf("\n", start);
  return end > 0 && text[end - 1] === "\r" ? "\r\n" : "\n";
}

function unreadable(finding: Finding): FrontMatter {
  const nowhere = (): null => null;
  return {
    data: null,
    texts: () => ({}),
    body: "",
    bodyLine: 1,
    lineOf: nowhere,
    lineAt: nowhere,
    findings: [finding],
  };
}

function decode(bytes: Uint8Array): string | null {
  try {
    return UTF8.decode(bytes);
  } catch {
    return null;
  }
}

function lineOfBadByte(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(0x0a, start);
    const stop = end === -1 ? bytes.length : end + 1;
    if (decode(bytes.subarray(start, stop)) === null) return line;
    start = stop;
  }
  return line;
}

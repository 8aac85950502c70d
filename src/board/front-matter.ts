import { KanbandError } from "../errors.ts";
import { type Fences, splitFences } from "./fences.ts";
import type { Finding } from "./finding.ts";
import { changePairs } from "./front-matter-change.ts";
import { parseYamlMap, parseYamlTexts, type YamlMap } from "./front-matter-yaml.ts";
import { withLf } from "./text.ts";
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
const MAX_FRONT_MATTER = 128 * 1024;

/**
 * Reads the bytes of a Markdown file. Never throws and remembers nothing: the same bytes give the same findings.
 * Refused, each with its line: invalid UTF-8, NUL, over 1 MiB, conflict markers, an unclosed or foreign fence
 * (`---js` is never evaluated), YAML that is broken, not a map, or expands without end.
 */
export function readFrontMatter(path: string, bytes: Uint8Array, options: ReadOptions = {}): FrontMatter {
  const code = options.code ?? "TASK_INVALID";
  const refuse = (line: number | null, message: string, hint: string | null): FrontMatter =>
    unreadable({ path, line, severity: "error", code, message, hint });

  if (bytes.length > (options.maxBytes ?? MAX_BYTES)) {
    return refuse(
      null,
      `the file has ${String(bytes.length)} bytes; at most 1 MiB is read`,
      "Move the bulk of it elsewhere and link to it.",
    );
  }
  const text = decode(bytes);
  if (text === null) {
    return refuse(lineOfBadByte(bytes), "the file is not valid UTF-8", "Save it again with the encoding UTF-8.");
  }
  const fences = splitFences(text);
  const problem = fences.problem ?? findBadText(text, fences, options.isBodyData ?? false);
  if (problem !== null) return refuse(problem.line, problem.message, problem.hint);

  const body = withLf(text.slice(fences.bodyStart));
  const yaml = withLf(text.slice(fences.yamlStart, fences.yamlEnd));
  const parsed = fences.state === "none" ? { map: {} } : parseYamlMap(yaml);
  if ("problem" in parsed) {
    const line = parsed.problem.line + 1;
    const source = (yaml.split("\n")[parsed.problem.line - 1] ?? "").trim().slice(0, 80);
    const message = `front matter is not readable YAML: ${parsed.problem.reason}${source === "" ? "" : `, at \`${source}\``}`;
    return { ...refuse(line, message, hintFor(source, parsed.problem.reason)), body, bodyLine: fences.bodyLine };
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
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
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

type Problem = { line: number; message: string; hint: string };

function findBadText(text: string, fences: Fences, isBodyData: boolean): Problem | null {
  const end = isBodyData ? fences.yamlEnd : text.length;
  const nul = text.indexOf("\0");
  if (nul !== -1 && nul < end) {
    return {
      line: lineAtOffset(text, nul),
      message: "the file contains a NUL byte",
      hint: "Remove it; tasks are plain text.",
    };
  }
  const marker = findConflictMarker(text);
  if (marker !== -1 && marker < end) {
    const message = "unresolved conflict marker `<<<<<<<`";
    return {
      line: lineAtOffset(text, marker),
      message,
      hint: "Resolve the conflict, or indent the line if it is meant.",
    };
  }
  if (fences.yamlEnd - fences.yamlStart > MAX_FRONT_MATTER) {
    return { line: 1, message: "the front matter is larger than 128 KiB", hint: "Move text below the closing `---`." };
  }
  const yaml = text.slice(fences.yamlStart, fences.yamlEnd);
  const loneCr = /\r(?!\n)/.exec(yaml);
  if (loneCr !== null) {
    const line = lineAtOffset(text, fences.yamlStart + loneCr.index);
    return {
      line,
      message: "a carriage return without a line feed in the front matter",
      hint: "Save the file with LF or CRLF line ends.",
    };
  }
  return null;
}

function findConflictMarker(text: string): number {
  const marker = "<<<<<<< ";
  if (text.startsWith(marker)) return 0;
  const at = text.indexOf(`\n${marker}`);
  return at === -1 ? -1 : at + 1;
}

function lineAtOffset(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

function hintFor(source: string, reason: string): string {
  if (reason.startsWith("duplicated")) return "Keep one of the two lines.";
  const unquoted = /^([\w-]+): +([^"'[{|>].*(?:: |\s#).*)$/.exec(source) ?? /^(-|[\w-]+:) *(@.*|`.*)$/.exec(source);
  const [, key, value] = unquoted ?? [];
  if (key === undefined || value === undefined)
    return "Mend the line it names; the file is read again when it is saved.";
  return `Put the value in quotes: ${key}${/[:-]$/.test(key) ? "" : ":"} ${JSON.stringify(value)}`;
}

import { splitFences } from "./fences.ts";
import { parseYamlData } from "./front-matter-yaml.ts";
import { codeBlocks, proseLines } from "./markdown.ts";
import { mendYaml } from "./mend-yaml.ts";
import { withLf } from "./text.ts";

/** What a message says in a form that a program can read: its keys in lower case with `_`, every scalar as text. */
export type Said = { [key: string]: unknown };
export type Block =
  | { kind: "verdict" | "decision"; said: Said }
  /** It is meant to be one, and cannot be read: one line that says why. */
  | { kind: "broken"; problem: string };

// Info strings under which a verdict is looked for; agents write all of these.
const VERDICT_INFO = new Set(["verdict", "yaml", "yml", "json", ""]);
const HAS_VERDICT = /(?:^|[{,])[ \t]*[*_"']{0,3}verdict[*_"']{0,3}[ \t]*:/im;
const INNER_FENCE = /^[ \t]*(?:`{3}|~{3})/m;
const LINE =
  /^[ \t]*(?:[-*][ \t]+)?[*_]{0,2}verdict[*_]{0,2}[ \t]*:[*_]{0,2}[ \t]*[*_`"']{0,3}([a-z][a-z0-9 _-]{0,60}?)[*_`"']{0,3}[.,;!]?[ \t]*$/i;
// Whatever is meant by it, one this large is no verdict.
const BLOCK_CHARACTERS = 64 * 1024;
const LINE_CHARACTERS = 200;

/**
 * What a message declares: the last fenced block that is a verdict or a decision; else its own front matter when that holds a
 * verdict; else the last line `verdict: x` outside code. What stands in a block quote is somebody else's. Null when there is none.
 */
export function declaredIn(message: string): Block | null {
  return lastBlock(message) ?? frontMatterOf(message) ?? lastLine(message);
}

/** All that stands where a message says its verdict, in front matter and blocks of that name, as far as it can be read. */
export function verdictsIn(message: string): readonly unknown[] {
  const named = codeBlocks(withLf(message)).filter(({ info }) => firstWord(info) === "verdict");
  const blocks = [frontMatterOf(message), ...named.map(({ code }) => verdictBlock("verdict", code))];
  return blocks.flatMap((it) => (it?.kind === "verdict" ? [it.said["verdict"]] : []));
}

/** The last fenced block with this word in its info string as values, lists too; null when there is none. */
export function lastBlockOf(info: string, message: string): { value: unknown } | { problem: string } | null {
  const block = codeBlocks(withLf(message)).findLast((it) => namesOf(it.info).includes(info));
  return block === undefined ? null : read(block.code);
}

/** A value as a map with keys in one spelling; null when it is none, or says a key twice. */
export function asSaid(value: unknown): Said | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const entries = Object.entries(value).map(([key, it]) => [keyOf(key), it] as const);
  return new Set(entries.map(([key]) => key)).size === entries.length ? Object.fromEntries(entries) : null;
}

function frontMatterOf(message: string): Block | null {
  const text = withLf(message.trimStart());
  const { state, yamlStart, yamlEnd } = splitFences(text);
  const yaml = text.slice(yamlStart, yamlEnd);
  return state === "block" && HAS_VERDICT.test(yaml.slice(0, BLOCK_CHARACTERS)) ? verdictBlock("yaml", yaml) : null;
}

function lastBlock(message: string): Block | null {
  const blocks = codeBlocks(withLf(message));
  for (const { info, code } of blocks.toReversed()) {
    const block = blockOf(firstWord(info), code);
    if (block !== null) return block;
  }
  return null;
}

function blockOf(info: string, code: string): Block | null {
  if (info === "decision") return decisionBlock(code);
  return VERDICT_INFO.has(info) ? verdictBlock(info, code) : null;
}

function verdictBlock(info: string, code: string): Block | null {
  // A block without a name that holds fences is a quotation of a whole message.
  if (!HAS_VERDICT.test(code.slice(0, BLOCK_CHARACTERS)) || (info === "" && INNER_FENCE.test(code))) {
    return info === "verdict" ? { kind: "broken", problem: "its verdict block holds no `verdict:`" } : null;
  }
  const parsed = read(code);
  if ("problem" in parsed) return { kind: "broken", problem: parsed.problem };
  const said = asSaid(parsed.value);
  if (said !== null && Object.hasOwn(said, "verdict")) return { kind: "verdict", said };
  const problem = "its verdict block is not `key: value` lines that say each key once";
  return info === "verdict" || said === null ? { kind: "broken", problem } : null;
}

function decisionBlock(code: string): Block {
  const parsed = read(code);
  const said = "problem" in parsed ? null : asSaid(parsed.value);
  if (said !== null && Object.hasOwn(said, "question")) return { kind: "decision", said };
  // A question in plain words is a question.
  return { kind: "decision", said: { question: code.slice(0, BLOCK_CHARACTERS) } };
}

function lastLine(message: string): Block | null {
  const lines = proseLines(withLf(message)).filter((it) => it.length <= LINE_CHARACTERS && LINE.test(it));
  const said = LINE.exec(lines.at(-1) ?? "")?.[1];
  return said === undefined ? null : { kind: "verdict", said: { verdict: said } };
}

function read(code: string): { value: unknown } | { problem: string } {
  if (code.length > BLOCK_CHARACTERS) {
    return { problem: `its block has ${String(code.length)} characters; at most ${String(BLOCK_CHARACTERS)} are read` };
  }
  const parsed = parseYamlData(code);
  if (!("problem" in parsed)) return parsed;
  const mended = parseYamlData(mendYaml(code));
  if (!("problem" in mended)) return mended;
  return { problem: `line ${String(parsed.problem.line)} of its block is not readable YAML: ${parsed.problem.reason}` };
}

function firstWord(info: string): string {
  return (/^[^\s{]*/.exec(info)?.[0] ?? "").toLowerCase();
}

/** The words of an info string: agents write `yaml claims` and `{.claims}` as well. */
function namesOf(info: string): string[] {
  return info
    .slice(0, LINE_CHARACTERS)
    .toLowerCase()
    .split(/[^a-z-]+/);
}

function keyOf(key: string): string {
  return key
    .replace(/^[*_`\s]+|[*_`\s]+$/g, "")
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
}

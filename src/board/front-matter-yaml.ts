import { CORE_SCHEMA, type EventType, FAILSAFE_SCHEMA, load, type State, YAMLException } from "js-yaml";
import { readPlainMap } from "./front-matter-plain.ts";

export type YamlProblem = { line: number; reason: string };
export type YamlMap = Record<string, unknown>;

/** A pair of the top-level map, as offsets into the YAML. `valueStart === valueEnd` means that nothing is written there. */
export type YamlPair = {
  key: string;
  keyStart: number;
  colonEnd: number;
  valueStart: number;
  valueEnd: number;
};

/** All pairs in order; `flowEnd` is the place of the closing `}` of a map in flow style, null in block style. */
export type YamlPairs = { pairs: readonly YamlPair[]; flowEnd: number | null };

const VALUE_LIMIT = 10_000;

/**
 * YAML 1.2 scalars: dates and times stay text. Line ends must be LF. Gives a map, or what is wrong and in which line (1-based).
 * An empty block is an empty map.
 */
export function parseYamlMap(yaml: string): { map: YamlMap } | { problem: YamlProblem } {
  const plain = readPlainMap(yaml);
  if (plain !== null) return { map: plain };
  try {
    const value: unknown = load(yaml, { schema: CORE_SCHEMA });
    if (value === undefined || value === null) return { map: {} };
    if (!isPlainMap(value)) return { problem: { line: 1, reason: "expected `key: value` lines" } };
    if (yaml.includes("&") && yaml.includes("*") && isTooLarge(value)) {
      return { problem: { line: 1, reason: `its aliases expand to more than ${String(VALUE_LIMIT)} values` } };
    }
    return { map: value };
  } catch (error) {
    return { problem: problemOf(error, yaml) };
  }
}

/** The same map with every scalar as it is written: `007` stays `007`. Only for YAML that `parseYamlMap` has accepted. */
export function parseYamlTexts(yaml: string): YamlMap {
  const value: unknown = load(yaml, { schema: FAILSAFE_SCHEMA });
  return isPlainMap(value) ? value : {};
}

/**
 * Any YAML or JSON that an agent wrote, a map or a list, with every scalar as the text that it is written as: the reader's ideas
 * of numbers, dates and truth have no say. Line ends must be LF. What aliases expand to is counted as if it were written out.
 */
export function parseYamlData(yaml: string): { value: unknown } | { problem: YamlProblem } {
  try {
    const value: unknown = load(yaml, { schema: FAILSAFE_SCHEMA });
    if (isTooLarge(value)) return { problem: { line: 1, reason: `it holds more than ${String(VALUE_LIMIT)} values` } };
    return { value };
  } catch (error) {
    return { problem: problemOf(error, yaml) };
  }
}

/** Whether `key: <text>` reads as exactly that string. */
export function isReadAs(text: string, expected: string | number | boolean): boolean {
  try {
    return (load(`k: ${text}\n`, { schema: CORE_SCHEMA }) as { k: unknown }).k === expected;
  } catch {
    return false;
  }
}

/**
 * The pairs of the top-level map by the positions at which the reader itself opened and closed each node.
 * Null when they are written in a way that cannot be edited (`? key`).
 */
export function locatePairs(yaml: string): YamlPairs | null {
  const outer = readNodes(yaml);
  if (outer === null) return { pairs: [], flowEnd: null };
  // The reader first takes `{…}` for the key of a block map.
  const inner = outer.children[0];
  const isFlow = outer.children.length === 1 && inner !== undefined && yaml[inner.open] === "{";
  const { children, close } = isFlow ? inner : outer;
  const pairs: YamlPair[] = [];
  for (let index = 0; index < children.length; index += 2) {
    const pair = pairOf(yaml, children[index], children[index + 1], isFlow);
    if (pair === null) return null;
    pairs.push(pair);
  }
  return { pairs, flowEnd: isFlow ? yaml.lastIndexOf("}", close - 1) : null };
}

function pairOf(yaml: string, key: Node | undefined, value: Node | undefined, isFlow: boolean): YamlPair | null {
  if (key === undefined || value === undefined || !isScalar(key.result)) return null;
  const colon = /^[ \t]*:/.exec(yaml.slice(key.close, key.close + 1000));
  const isAlone = yaml.slice(yaml.lastIndexOf("\n", key.open - 1) + 1, key.open).trim() === "";
  if (colon === null || !(isAlone || isFlow)) return null;
  const colonEnd = key.close + colon[0].length;
  const valueStart = skipBlank(yaml, colonEnd);
  const isWritten = valueStart < value.close;
  return {
    key: String(key.result),
    keyStart: skipBlank(yaml, key.open),
    colonEnd,
    valueStart: isWritten ? valueStart : colonEnd,
    valueEnd: isWritten ? endOf(yaml, value, valueStart) : colonEnd,
  };
}

type Node = { open: number; close: number; kind: string | null; result: unknown; children: Node[] };

function readNodes(yaml: string): Node | null {
  const roots: Node[] = [];
  const stack: Node[] = [];
  function listen(event: EventType, state: State): void {
    if (event === "open") {
      const node: Node = { open: state.position, close: state.position, kind: null, result: undefined, children: [] };
      (stack.at(-1)?.children ?? roots).push(node);
      stack.push(node);
      return;
    }
    const node = stack.pop();
    if (node === undefined) return;
    node.close = state.position;
    node.kind = state.kind;
    node.result = state.result;
  }
  load(yaml, { schema: CORE_SCHEMA, listener: listen });
  return roots[0] ?? null;
}

// A block list or map is closed by the reader only at the next key: its end is the end of the last thing in it.
function endOf(yaml: string, node: Node, start: number): number {
  const first = yaml[start] ?? "";
  const isBlockScalar = first === "|" || first === ">";
  if (isBlockScalar && /^[|>]\d?\+/.test(yaml.slice(start, start + 3))) return node.close - 1;
  const last = node.children.at(-1);
  const isBlock = (node.kind === "sequence" || node.kind === "mapping") && !isFlow(yaml, start);
  if (isBlock && last !== undefined) {
    const lastStart = skipBlank(yaml, last.open);
    const end = lastStart < last.close ? endOf(yaml, last, lastStart) : last.open;
    return Math.max(end, start + 1);
  }
  return start + yaml.slice(start, node.close).trimEnd().length;
}

function isFlow(yaml: string, start: number): boolean {
  const text = yaml.slice(start).replace(/^(?:[&!][^\s]*[ \t\n]+)+/, "");
  return text.startsWith("[") || text.startsWith("{");
}

/** The next character that is neither white space nor part of a comment. */
function skipBlank(yaml: string, from: number): number {
  const blank = /(?:[ \t\n]+|(?<=[ \t\n])#[^\n]*)*/y;
  blank.lastIndex = from;
  blank.exec(yaml);
  return Math.max(from, blank.lastIndex);
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

function isPlainMap(value: unknown): value is YamlMap {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

// Counts a shared value each time it is reached, as everybody who walks the data will. Ends on cycles too.
function isTooLarge(root: unknown): boolean {
  const stack: unknown[] = [root];
  for (let seen = 0; stack.length > 0; seen += 1) {
    if (seen > VALUE_LIMIT) return true;
    const value = stack.pop();
    if (typeof value === "object" && value !== null) stack.push(...Object.values(value));
  }
  return false;
}

function problemOf(error: unknown, yaml: string): YamlProblem {
  if (!(error instanceof YAMLException)) {
    return { line: 1, reason: error instanceof RangeError ? "it is nested too deeply" : String(error) };
  }
  // A quote that is never closed ends with the text: the last quote of its kind opened it.
  const quote = /within a (single|double) quoted/.exec(error.reason)?.[1];
  if (quote !== undefined) return { line: lineOfLast(yaml, quote === "single" ? "'" : '"'), reason: error.reason };
  // Absent, against its type, when a whole document is one too many.
  const mark: { line: number } | undefined = error.mark;
  const end = yaml.split("\n").findIndex((it) => /^\.\.\.\s*$/.test(it));
  return { line: (mark?.line ?? end) + 1, reason: error.reason };
}

function lineOfLast(yaml: string, quote: string): number {
  return yaml.slice(0, yaml.lastIndexOf(quote)).split("\n").length;
}

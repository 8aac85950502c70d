import { KanbandError } from "../errors.ts";
import { formatScalar, type Scalar, type ScalarStyle } from "./front-matter-scalar.ts";
import { locatePairs, parseYamlMap, type YamlMap, type YamlPair } from "./front-matter-yaml.ts";
import { withLf } from "./text.ts";

type Change = readonly [string, Scalar | null];
type Splice = { start: number; end: number; text: string };

/**
 * The YAML between the fences with some keys changed, byte for byte the same elsewhere. `eol` ends the lines it adds.
 * Read again afterwards: whatever does not come out as intended is refused with TASK_INVALID, not written.
 */
export function changePairs(raw: string, eol: string, changes: readonly Change[]): string {
  const before = mapOf(raw);
  const wanted = new Map(Object.entries(before));
  let edited = raw;
  for (const [key, value] of changes) {
    if (isSame(wanted.get(key), value ?? undefined)) continue;
    edited = applySplice(edited, spliceFor(withLf(edited), eol, key, value));
    if (value === null) wanted.delete(key);
    else wanted.set(key, value);
  }
  if (edited !== raw && !isSame(mapOf(edited), Object.fromEntries(wanted))) {
    throw new KanbandError(
      "TASK_INVALID",
      `cannot change ${changes.map(([key]) => key).join(", ")} without changing another key`,
    );
  }
  return edited;
}

function mapOf(raw: string): YamlMap {
  const parsed = parseYamlMap(withLf(raw));
  if ("map" in parsed) return parsed.map;
  throw new KanbandError(
    "TASK_INVALID",
    `front matter, line ${String(parsed.problem.line + 1)}: ${parsed.problem.reason}`,
  );
}

function spliceFor(yaml: string, eol: string, key: string, value: Scalar | null): Splice {
  const pairs = locatePairs(yaml);
  if (pairs === null) {
    throw new KanbandError(
      "TASK_INVALID",
      "only front matter of `key: value` lines can be edited; this one is written in another style",
    );
  }
  const pair = pairs.find((it) => it.key === key);
  if (pair === undefined) {
    const indent = yaml.slice(lineStart(yaml, pairs[0]?.keyStart ?? 0), pairs[0]?.keyStart ?? 0);
    const text = value === null ? "" : `${indent}${formatScalar(key)}: ${formatScalar(value)}${eol}`;
    return { start: yaml.length, end: yaml.length, text };
  }
  return value === null ? removal(yaml, pair) : replacement(yaml, pair, value);
}

function replacement(yaml: string, pair: YamlPair, value: Scalar): Splice {
  const { colonEnd, valueStart, valueEnd } = pair;
  const text = formatScalar(value, styleOf(yaml[valueStart]));
  if (valueStart === valueEnd) return { start: colonEnd, end: colonEnd, text: ` ${text}` };
  const written = yaml.slice(valueStart, valueEnd);
  // A comment that stood behind the colon or behind `>-` would be lost with the lines below it.
  const head = /^[|>]/.test(written) ? written.split("\n", 1)[0] : yaml.slice(colonEnd, valueStart).split("\n", 1)[0];
  const comment = /(?:^|\s)(#.*)$/.exec(head ?? "")?.[1];
  const kept = comment === undefined ? "" : ` ${comment}`;
  const isBelow = yaml.slice(colonEnd, valueStart).includes("\n");
  return isBelow
    ? { start: colonEnd, end: valueEnd, text: ` ${text}${kept}` }
    : { start: valueStart, end: valueEnd, text: text + kept };
}

function removal(yaml: string, { keyStart, valueEnd }: YamlPair): Splice {
  const start = lineStart(yaml, keyStart);
  let end = lineEnd(yaml, valueEnd);
  // Comments indented below the key belong to its value.
  const indented = new RegExp(`(?:[ \\t]*\\n)*[ \\t]{${String(keyStart - start + 1)},}#[^\\n]*\\n`, "y");
  for (indented.lastIndex = end; indented.test(yaml); ) end = indented.lastIndex;
  return { start, end, text: "" };
}

function styleOf(first: string | undefined): ScalarStyle {
  if (first === "'") return "single";
  return first === '"' ? "double" : "plain";
}

function lineStart(yaml: string, offset: number): number {
  return offset === 0 ? 0 : yaml.lastIndexOf("\n", offset - 1) + 1;
}

function lineEnd(yaml: string, offset: number): number {
  const at = yaml.indexOf("\n", offset);
  return at === -1 ? yaml.length : at + 1;
}

// Offsets were counted without carriage returns; here each one is put where the raw text has it.
function applySplice(raw: string, { start, end, text }: Splice): string {
  const from = rawOffset(raw, start);
  return raw.slice(0, from) + text + raw.slice(rawOffset(raw, end, from, start));
}

function rawOffset(raw: string, offset: number, rawFrom = 0, from = 0): number {
  let at = rawFrom;
  for (let seen = from; seen < offset; seen += 1) at += raw[at] === "\r" && raw[at + 1] === "\n" ? 2 : 1;
  return at;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  return (
    left.length === Object.keys(b).length &&
    left.every(([key, it]) => Object.hasOwn(b, key) && isSame(it, Reflect.get(b, key)))
  );
}

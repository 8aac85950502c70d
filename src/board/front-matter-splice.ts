import { formatScalar, type Scalar, type ScalarStyle } from "./front-matter-scalar.ts";
import type { YamlPair, YamlPairs } from "./front-matter-yaml.ts";

export type { Scalar };
export type Splice = { start: number; end: number; text: string };

/** Where and what to write so that `key` has this value: in place of its old value, else as a new line at the end. */
export function setKey(
  yaml: string,
  { pairs, flowEnd }: YamlPairs,
  key: string,
  value: Scalar | null,
  eol: string,
): Splice {
  const pair = pairs.find((it) => it.key === key);
  if (pair !== undefined) return replacement(yaml, pair, value, flowEnd !== null);
  const first = pairs[0];
  if (flowEnd !== null) {
    const written = `${formatScalar(key, "double")}: ${formatScalar(value, "double")}`;
    const needsComma = first !== undefined && !/,\s*$/.test(yaml.slice(0, flowEnd));
    return { start: flowEnd, end: flowEnd, text: `${needsComma ? ", " : ""}${written}` };
  }
  const indent = first === undefined ? "" : yaml.slice(lineStart(yaml, first.keyStart), first.keyStart);
  return { start: yaml.length, end: yaml.length, text: `${indent}${formatScalar(key)}: ${formatScalar(value)}${eol}` };
}

/** What to take out so that `key` is gone: its lines, the comments indented below it, nothing else. */
export function unsetKey(yaml: string, { pairs, flowEnd }: YamlPairs, key: string): Splice {
  const index = pairs.findIndex((it) => it.key === key);
  const pair = pairs[index];
  if (pair === undefined) return { start: 0, end: 0, text: "" };
  if (flowEnd !== null) {
    const next = pairs[index + 1];
    const previous = pairs[index - 1];
    if (next !== undefined) return { start: pair.keyStart, end: next.keyStart, text: "" };
    return { start: previous?.valueEnd ?? pair.keyStart, end: pair.valueEnd, text: "" };
  }
  const start = lineStart(yaml, pair.keyStart);
  let end = lineEnd(yaml, pair.valueEnd);
  const indented = new RegExp(`(?:[ \\t]*\\n)*[ \\t]{${String(pair.keyStart - start + 1)},}#[^\\n]*\\n`, "y");
  for (indented.lastIndex = end; indented.test(yaml); ) end = indented.lastIndex;
  return { start, end, text: "" };
}

function replacement(yaml: string, pair: YamlPair, value: Scalar | null, isFlow: boolean): Splice {
  const { colonEnd, valueStart, valueEnd } = pair;
  const text = formatScalar(value, styleOf(yaml[valueStart], isFlow));
  if (valueStart === valueEnd) return { start: colonEnd, end: colonEnd, text: ` ${text}` };
  const isBelow = yaml.slice(colonEnd, valueStart).includes("\n");
  // A comment that stood behind the colon or behind `>-` would be lost with the lines below it.
  const head = isBelow ? yaml.slice(colonEnd, valueStart) : yaml.slice(valueStart, valueEnd);
  const isHeaded = isBelow || /^[|>]/.test(head);
  const comment = isHeaded ? /(?:^|[ \t])(#.*)$/.exec(head.split("\n", 1)[0] ?? "")?.[1] : undefined;
  const start = isBelow ? colonEnd : valueStart;
  return { start, end: valueEnd, text: `${isBelow ? " " : ""}${text}${comment === undefined ? "" : ` ${comment}`}` };
}

function styleOf(first: string | undefined, isFlow: boolean): ScalarStyle {
  if (first === "'") return "single";
  return first === '"' || isFlow ? "double" : "plain";
}

function lineStart(yaml: string, offset: number): number {
  return offset === 0 ? 0 : yaml.lastIndexOf("\n", offset - 1) + 1;
}

function lineEnd(yaml: string, offset: number): number {
  const at = yaml.indexOf("\n", offset);
  return at === -1 ? yaml.length : at + 1;
}

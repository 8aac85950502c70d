import { KanbandError } from "../errors.ts";
import { type Scalar, type Splice, setKey, unsetKey } from "./front-matter-splice.ts";
import { locatePairs, parseYamlMap, type YamlMap } from "./front-matter-yaml.ts";
import { withLf } from "./text.ts";

/**
 * The YAML between the fences with some keys changed, byte for byte the same elsewhere; null removes a key. `eol` ends added lines.
 * Each change is read again: what does not come out as intended is refused with TASK_INVALID, not written.
 */
export function changePairs(
  raw: string,
  eol: string,
  changes: ReadonlyArray<readonly [string, Scalar | null]>,
): string {
  const wanted = new Map(Object.entries(mapOf(raw)));
  let edited = raw;
  for (const [key, value] of changes) {
    if (isSame(wanted.get(key), value ?? undefined)) continue;
    if (value === null) wanted.delete(key);
    else wanted.set(key, value);
    edited = changePair(edited, eol, key, value, Object.fromEntries(wanted));
  }
  return edited;
}

function changePair(raw: string, eol: string, key: string, value: Scalar | null, intended: YamlMap): string {
  const yaml = withLf(raw);
  const located = locatePairs(yaml);
  if (located === null) {
    throw new KanbandError(
      "TASK_INVALID",
      "only front matter of `key: value` lines can be edited; this one has keys of another kind",
    );
  }
  const splice = value === null ? unsetKey(yaml, located, key) : setKey(yaml, located, key, value, eol);
  const next = applySplice(raw, splice);
  if (isReadAsMap(next, intended)) return next;
  if (value === null) {
    // Without its line, what follows the key would fall to the block text above it. Null says the same as no key.
    const nulled = applySplice(raw, setKey(yaml, located, key, null, eol));
    if (isReadAsMap(nulled, { ...intended, [key]: null })) return nulled;
  }
  throw new KanbandError("TASK_INVALID", `cannot change \`${key}\` without changing another key of the front matter`);
}

function mapOf(raw: string): YamlMap {
  const parsed = parseYamlMap(withLf(raw));
  if ("map" in parsed) return parsed.map;
  throw new KanbandError(
    "TASK_INVALID",
    `front matter, line ${String(parsed.problem.line + 1)}: ${parsed.problem.reason}`,
  );
}

function isReadAsMap(raw: string, intended: YamlMap): boolean {
  const parsed = parseYamlMap(withLf(raw));
  return "map" in parsed && isSame(parsed.map, intended);
}

// Offsets were counted without carriage returns; here each one is put where the raw text has it.
function applySplice(raw: string, { start, end, text }: Splice): string {
  const from = rawOffset(raw, 0, start);
  const to = from + (rawOffset(raw, from, end - start) - from);
  return raw.slice(0, from) + text + raw.slice(to);
}

function rawOffset(raw: string, from: number, count: number): number {
  let at = from;
  for (let seen = 0; seen < count; seen += 1) at += raw[at] === "\r" && raw[at + 1] === "\n" ? 2 : 1;
  return at;
}

function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  return left.every(([key, it]) => Object.hasOwn(b, key) && isSame(it, Reflect.get(b, key)));
}

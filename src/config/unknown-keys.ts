import { nameOf } from "../board/schema-findings.ts";
import { didYouMean } from "../board/suggest.ts";
import { SettingsFile } from "./settings-file.ts";

type Unknown = { key: (string | number)[]; message: string };

/** Keys that no setting has, at every level, each with the key that was most likely meant. */
export function unknownKeys(data: Record<string, unknown>): Unknown[] {
  return walk(data, SettingsFile, []);
}

// The schema is walked beside the data, so that a new setting is known here without another list.
function walk(value: unknown, schema: unknown, path: (string | number)[]): Unknown[] {
  const inner = unwrap(schema);
  if (Array.isArray(value)) {
    const item = options(inner).find((it) => it["type"] === "array")?.["item"];
    return value.flatMap((it: unknown, index) => walk(it, item, [...path, index]));
  }
  if (!isMap(value)) return [];
  const record = options(inner).find((it) => it["type"] === "record");
  if (record !== undefined)
    return Object.entries(value).flatMap(([key, it]) => walk(it, record["value"], [...path, key]));
  const entries = options(inner).find((it) => it["type"] === "object")?.["entries"];
  if (!isMap(entries)) return [];
  return Object.entries(value).flatMap(([key, it]) => {
    const at = [...path, key];
    if (Object.hasOwn(entries, key)) return walk(it, entries[key], at);
    return [{ key: at, message: `there is no setting \`${nameOf(at)}\`${didYouMean(key, Object.keys(entries))}` }];
  });
}

function unwrap(schema: unknown): unknown {
  if (!isMap(schema)) return schema;
  return isMap(schema["wrapped"]) ? unwrap(schema["wrapped"]) : schema;
}

function options(schema: unknown): Record<string, unknown>[] {
  if (!isMap(schema)) return [];
  return Array.isArray(schema["options"]) ? schema["options"].flatMap((it: unknown) => options(unwrap(it))) : [schema];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

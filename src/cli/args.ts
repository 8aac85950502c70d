import { KanbandError } from "../errors.ts";
import type { CommandSpec } from "./specs/spec.ts";

/** Plain parsed values, whichever parser read them. */
export type RawArgs = Readonly<Record<string, unknown>>;

export type Args = Readonly<Record<string, string | boolean | readonly string[] | null>>;

/**
 * The one shape in which commands receive their arguments: every declared name is there.
 * Throws USAGE for a value outside its choices, so that both parsers answer alike.
 */
export function normaliseArgs(spec: CommandSpec, raw: RawArgs): Args {
  const args: Record<string, Args[string]> = {};
  for (const [name, { choices, isList, isOptional }] of Object.entries(spec.positionals)) {
    const value = lastString(raw[name]) ?? (isOptional === true ? (choices?.[0] ?? null) : null);
    if (isList === true) args[name] = stringsOf(raw[name]);
    else if (value === null) throw new KanbandError("USAGE", `<${name}> is missing`);
    else args[name] = checkChoice(`<${name}>`, value, choices);
  }
  for (const [name, { type, isList, choices }] of Object.entries(spec.options)) {
    if (type === "boolean") args[name] = raw[name] === true;
    else if (isList === true) args[name] = splitList(stringsOf(raw[name]));
    else args[name] = checkChoice(`--${name}`, lastString(raw[name]), choices);
  }
  return args;
}

function checkChoice(name: string, value: string | null, choices: readonly string[] | undefined): string | null {
  if (value === null || choices === undefined || choices.includes(value)) return value;
  throw new KanbandError("USAGE", `${name} is '${value}'; expected one of: ${choices.join(", ")}`);
}

function lastString(value: unknown): string | null {
  const last: unknown = Array.isArray(value) ? value.at(-1) : value;
  return typeof last === "string" ? last : null;
}

function stringsOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((one) => typeof one === "string");
}

function splitList(values: readonly string[]): string[] {
  return values
    .flatMap((one) => one.split(","))
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

import { LANES } from "../../board/lane.ts";
import type { CommandSpec, Completes, OptionSpec, PositionalSpec } from "../specs/spec.ts";
import { flagOf, GLOBAL_OPTIONS, isCommandName, SPECS } from "../specs.ts";

type ListNames = (kind: Exclude<Completes, "lane">) => readonly string[];

/**
 * What may stand where the last of `words` is being typed; the words are those after `kanband`, the last one perhaps empty.
 * `listNames` is asked only where the name of something of the board may stand.
 */
export function listCandidates(words: readonly string[], listNames: ListNames): string[] {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  return candidatesAt(before, typed, listNames).filter((it) => it.startsWith(typed));
}

function candidatesAt(before: readonly string[], typed: string, listNames: ListNames): readonly string[] {
  const [name, ...rest] = before.filter((word, index) => !isGlobal(word, before[index - 1]));
  if (name === undefined) return typed.startsWith("-") ? flagsOf({}) : Object.keys(SPECS);
  if (!isCommandName(name)) return [];
  const spec: CommandSpec = SPECS[name];
  const valueOf = optionNamed(spec, rest.at(-1));
  if (valueOf?.type === "string") return valuesOf(valueOf, listNames);
  if (typed.startsWith("-")) return flagsOf(spec.options).filter((flag) => !before.includes(flag));
  const position = rest.filter(
    (word, index) => !word.startsWith("-") && optionNamed(spec, rest[index - 1])?.type !== "string",
  ).length;
  const positionals = Object.values(spec.positionals);
  const last = positionals.at(-1);
  const positional = positionals[position] ?? (last?.isList === true ? last : undefined);
  return positional === undefined ? flagsOf(spec.options) : valuesOf(positional, listNames);
}

function isGlobal(word: string, previous: string | undefined): boolean {
  return word === "-C" || word === "--cwd" || previous === "-C" || previous === "--cwd";
}

function flagsOf(options: CommandSpec["options"]): string[] {
  return [...Object.keys(options), ...Object.keys(GLOBAL_OPTIONS), "help"].map((it) => `--${flagOf(it)}`);
}

function optionNamed({ options }: CommandSpec, word: string | undefined): OptionSpec | null {
  const all: Readonly<Record<string, OptionSpec>> = { ...options, ...GLOBAL_OPTIONS };
  const found = Object.entries(all).find(
    ([it, { alias }]) => word === `--${flagOf(it)}` || (alias !== undefined && word === `-${alias}`),
  );
  return found?.[1] ?? null;
}

function valuesOf({ completes, choices }: OptionSpec | PositionalSpec, listNames: ListNames): readonly string[] {
  if (choices !== undefined) return choices;
  if (completes === undefined) return [];
  return completes === "lane" ? LANES : listNames(completes);
}

import { LANES } from "../../board/lane.ts";
import {
  type CommandSpec,
  flagOf,
  GLOBAL_OPTIONS,
  isCommandName,
  type OptionSpec,
  type PositionalSpec,
  SPECS,
} from "../specs.ts";

/**
 * What may stand where the last of `words` is being typed; the words are those after `kanband`, the last one perhaps empty.
 * `listTasks` is asked only where a task may stand.
 */
export function listCandidates(words: readonly string[], listTasks: () => readonly string[]): string[] {
  const typed = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  return candidatesAt(before, typed, listTasks).filter((it) => it.startsWith(typed));
}

function candidatesAt(before: readonly string[], typed: string, listTasks: () => readonly string[]): readonly string[] {
  const [name, ...rest] = before.filter((word, index) => !isGlobal(word, before[index - 1]));
  if (name === undefined) return typed.startsWith("-") ? flagsOf({}) : Object.keys(SPECS);
  if (!isCommandName(name)) return [];
  const spec: CommandSpec = SPECS[name];
  const valueOf = optionNamed(spec, rest.at(-1));
  if (valueOf?.type === "string") return valuesOf(valueOf, listTasks);
  if (typed.startsWith("-")) return flagsOf(spec.options).filter((flag) => !before.includes(flag));
  const position = rest.filter(
    (word, index) => !word.startsWith("-") && optionNamed(spec, rest[index - 1])?.type !== "string",
  ).length;
  const positional = Object.values(spec.positionals)[position];
  return positional === undefined ? flagsOf(spec.options) : valuesOf(positional, listTasks);
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

function valuesOf(
  { completes, choices }: OptionSpec | PositionalSpec,
  listTasks: () => readonly string[],
): readonly string[] {
  if (choices !== undefined) return choices;
  if (completes === "task") return listTasks();
  return completes === "lane" ? LANES : [];
}

import { suggest } from "../board/suggest.ts";
import { KanbandError } from "../errors.ts";
import type { CommandSpec, PositionalSpec } from "./specs/spec.ts";
import { type CommandName, flagOf, GLOBAL_OPTIONS, isCommandName, SPECS } from "./specs.ts";

/** A complaint of yargs about a command line in words that name what was typed and what was meant: a USAGE error. */
export function explainUsage(complaint: string, argv: readonly string[]): KanbandError {
  const name = argv.find(isCommandName) ?? null;
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/m.exec(complaint)?.[1]?.split(", ") ?? [];
  const typed = unknown.map(
    (it) => argv.find((word) => word === it || word.replace(/^-+/, "").split("=")[0] === it) ?? it,
  );
  const first = typed[0]?.split("=")[0];
  if (name === null) {
    const word = first ?? argv.find((it) => !it.startsWith("-")) ?? "";
    return usage(`no command '${word}'`, suggest(word, Object.keys(SPECS)), "See `kanband --help`.");
  }
  const help = `See \`kanband ${name} --help\`.`;
  if (complaint.startsWith("Not enough non-option")) return usage(`something is missing: ${usageOf(name)}`, null, help);
  if (first === undefined) return usage(complaint.replaceAll("\n", "; "), null, help);
  const what = first.startsWith("-") ? "no option" : "no place for";
  return usage(
    `${what} '${first}' in: ${usageOf(name)}`,
    first.startsWith("-") ? suggest(first, flagsOf(name)) : null,
    help,
  );
}

/** A command as it is typed: `kanband move <task> <lane>`. */
export function usageOf(name: CommandName): string {
  const { positionals }: CommandSpec = SPECS[name];
  return ["kanband", name, ...Object.entries(positionals).map(([word, it]) => formatPositional(word, it))].join(" ");
}

function formatPositional(word: string, { isOptional, isList }: PositionalSpec): string {
  const shown = isList === true ? `${word}..` : word;
  return isOptional === true ? `[${shown}]` : `<${shown}>`;
}

function flagsOf(name: CommandName): string[] {
  return [...Object.keys(SPECS[name].options), ...Object.keys(GLOBAL_OPTIONS)].map((it) => `--${flagOf(it)}`);
}

function usage(message: string, meant: string | null, help: string): KanbandError {
  return new KanbandError("USAGE", message, { hint: meant === null ? help : `Did you mean ${meant}? ${help}` });
}

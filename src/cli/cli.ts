import yargs, { type Argv } from "yargs";
import { KanbandError } from "../errors.ts";
import { normaliseArgs } from "./args.ts";
import type { ParsedCommand } from "./parse-fast.ts";
import {
  type CommandName,
  type CommandSpec,
  flagOf,
  GLOBAL_OPTIONS,
  isCommandName,
  type OptionSpec,
  type PositionalSpec,
  SPECS,
} from "./specs.ts";

export type Parsed = ParsedCommand | { name: "help"; text: string };

/**
 * Reads any command line with yargs, declared wholly by the table `SPECS`.
 * Throws USAGE for what cannot be read, with the usage of the command in the message's hint.
 */
export async function parseCommandLine(argv: readonly string[], version: string): Promise<Parsed> {
  const found: ParsedCommand[] = [];
  const printed: string[] = [];
  const parser = declare(version, argv, (name, raw) => {
    const cwd = typeof raw["cwd"] === "string" ? raw["cwd"] : null;
    found.push({ name, args: normaliseArgs(SPECS[name], raw), cwd });
  });
  await parser.parseAsync(joinValues(argv), {}, (_error, _argv, output) => void printed.push(output));
  const text = printed.join("");
  return found[0] ?? { name: "help", text: text === "" ? await parser.getHelp() : text };
}

type OnCommand = (name: CommandName, raw: Record<string, unknown>) => void;

function declare(version: string, argv: readonly string[], onCommand: OnCommand): Argv {
  const parser = yargs()
    .scriptName("kanband")
    .usage("$0 <command>\n\nTurns a folder of Markdown into a working team of coding agents.")
    .version(version)
    .alias("help", "h")
    .strict()
    .exitProcess(false)
    .recommendCommands()
    .parserConfiguration({ "parse-numbers": false, "parse-positional-numbers": false, "boolean-negation": false })
    .wrap(100)
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new KanbandError("USAGE", explain(message ?? "cannot read the command line", argv));
    });
  for (const [name, option] of Object.entries(GLOBAL_OPTIONS)) parser.option(flagOf(name), toYargs(option));
  for (const name of Object.keys(SPECS).filter(isCommandName)) declareCommand(parser, name, onCommand);
  return parser;
}

// yargs counts the words that are missing; people want to know which.
function explain(message: string, argv: readonly string[]): string {
  const name = argv.find(isCommandName);
  if (name === undefined || !message.startsWith("Not enough non-option")) return message.replaceAll("\n", "; ");
  return `something is missing: ${usageOf(name)}`;
}

/**
 * Ties values that look like flags to theirs: `--body -` is standard input, `-m "- a list"` is a text.
 * yargs would read the first as an unknown word and the second as an unknown flag.
 */
function joinValues(argv: readonly string[]): string[] {
  const options: [string, OptionSpec][] = [GLOBAL_OPTIONS, ...Object.values(SPECS).map((it) => it.options)].flatMap(
    (it) => Object.entries(it),
  );
  const takesValue = new Set(
    options.flatMap(([name, { type, alias }]) => (type === "string" ? [`--${flagOf(name)}`, `-${alias}`] : [])),
  );
  const joined: string[] = [];
  for (const word of argv) {
    const flag = joined.at(-1);
    const isValue = word === "-" || (word.startsWith("-") && /\s/.test(word));
    if (isValue && flag !== undefined && takesValue.has(flag)) joined.splice(-1, 1, `${flag}=${word}`);
    else joined.push(word);
  }
  return joined;
}

function usageOf(name: CommandName): string {
  const spec: CommandSpec = SPECS[name];
  return ["kanband", name, ...Object.entries(spec.positionals).map(([word, it]) => formatPositional(word, it))].join(
    " ",
  );
}

function declareCommand(parser: Argv, name: CommandName, onCommand: OnCommand): void {
  const spec: CommandSpec = SPECS[name];
  parser.command(
    usageOf(name).replace("kanband ", ""),
    spec.describe,
    (command) => {
      for (const [word, { describe }] of Object.entries(spec.positionals)) {
        command.positional(word, { type: "string", describe });
      }
      for (const [option, it] of Object.entries(spec.options)) command.option(flagOf(option), toYargs(it));
      for (const [line, meaning] of spec.examples) command.example(line, meaning);
      return command;
    },
    (raw) => onCommand(name, raw),
  );
}

function formatPositional(word: string, { isOptional, isList }: PositionalSpec): string {
  const shown = isList === true ? `${word}..` : word;
  return isOptional === true ? `[${shown}]` : `<${shown}>`;
}

// Choices are checked by `normaliseArgs`, so that both parsers answer in the same words; here they are only shown.
function toYargs({ type, alias, describe, choices }: OptionSpec): {
  type: OptionSpec["type"];
  describe: string;
  alias?: string;
} {
  const shown = choices === undefined ? describe : `${describe}: ${choices.join(", ")}`;
  return alias === undefined ? { type, describe: shown } : { type, describe: shown, alias };
}

import yargs, { type Argv } from "yargs";
import { normaliseArgs } from "./args.ts";
import { explainUsage, usageOf } from "./explain-usage.ts";
import { joinValues } from "./join-values.ts";
import type { ParsedCommand } from "./parse-fast.ts";
import type { CommandSpec, OptionSpec } from "./specs/spec.ts";
import { type CommandName, flagOf, GLOBAL_OPTIONS, isCommandName, SPECS } from "./specs.ts";

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
      throw error ?? explainUsage(message ?? "cannot read the command line", argv);
    });
  for (const [name, option] of Object.entries(GLOBAL_OPTIONS)) parser.option(flagOf(name), toYargs(option));
  for (const name of Object.keys(SPECS).filter(isCommandName)) declareCommand(parser, name, onCommand);
  return parser;
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

// Choices are checked by `normaliseArgs`, so that both parsers answer in the same words; here they are only shown.
function toYargs({ type, alias, describe, choices }: OptionSpec): {
  type: OptionSpec["type"];
  describe: string;
  alias?: string;
} {
  const shown = choices === undefined ? describe : `${describe}: ${choices.join(", ")}`;
  return alias === undefined ? { type, describe: shown } : { type, describe: shown, alias };
}

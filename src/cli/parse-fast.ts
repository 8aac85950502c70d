import { parseArgs } from "node:util";
import { type Args, normaliseArgs } from "./args.ts";
import type { CommandSpec, OptionSpec } from "./specs/spec.ts";
import { type CommandName, flagOf, GLOBAL_OPTIONS, isCommandName, SPECS } from "./specs.ts";

/** The commands that people, prompts and the Tab key call all day, and the start of a daemon: none waits for yargs (some 85 ms). */
const FAST: ReadonlySet<string> = new Set<CommandName>(["status", "why", "completion", "up"]);

export type ParsedCommand = { name: CommandName; args: Args; cwd: string | null };

/**
 * Reads the few commands in `FAST` without yargs.
 * Null for everything else, and for anything unusual (help, unknown flags, a missing word): yargs then has the word.
 */
export function parseFast(argv: readonly string[]): ParsedCommand | null {
  const name = commandWord(argv);
  if (name === null || !FAST.has(name) || !isCommandName(name)) return null;
  const spec: CommandSpec = SPECS[name];
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: optionsOf({ ...GLOBAL_OPTIONS, ...spec.options }),
      allowPositionals: true,
      strict: true,
    });
    const words = positionals.slice(1);
    const expected = Object.entries(spec.positionals);
    const hasList = expected.some(([, { isList }]) => isList === true);
    if (words.length > expected.length && !hasList) return null;
    const raw = Object.fromEntries([
      ...expected.map(([it, { isList }], index) => [it, isList === true ? words.slice(index) : words[index]]),
      ...Object.keys(spec.options).map((it) => [it, values[flagOf(it)]]),
    ]);
    return { name, args: normaliseArgs(spec, raw), cwd: typeof values["cwd"] === "string" ? values["cwd"] : null };
  } catch {
    return null;
  }
}

/** The first word that is neither a flag nor the value of `--cwd`. */
function commandWord(argv: readonly string[]): string | null {
  for (const [index, word] of argv.entries()) {
    const before = argv[index - 1];
    if (!word.startsWith("-") && before !== "-C" && before !== "--cwd") return word;
  }
  return null;
}

type ParseOption = { type: "boolean" | "string"; short?: string };

function optionsOf(options: Readonly<Record<string, OptionSpec>>): Record<string, ParseOption> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, alias }]) => [
      flagOf(name),
      alias === undefined ? { type } : { type, short: alias },
    ]),
  );
}

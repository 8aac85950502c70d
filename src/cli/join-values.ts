import type { OptionSpec } from "./specs/spec.ts";
import { flagOf, GLOBAL_OPTIONS, SPECS } from "./specs.ts";

/**
 * Ties values that look like flags to theirs: `--body -` is standard input, `-m "- a list"` is a text.
 * yargs would read the first as an unknown word and the second as an unknown flag.
 */
export function joinValues(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of argv) {
    const flag = joined.at(-1);
    const isValue = word === "-" || (word.startsWith("-") && /\s/.test(word));
    if (isValue && flag !== undefined && TAKES_VALUE.has(flag)) joined.splice(-1, 1, `${flag}=${word}`);
    else joined.push(word);
  }
  return joined;
}

const OPTIONS: readonly Readonly<Record<string, OptionSpec>>[] = [
  GLOBAL_OPTIONS,
  ...Object.values(SPECS).map(({ options }) => options),
];

const TAKES_VALUE: ReadonlySet<string> = new Set(
  OPTIONS.flatMap((options) => Object.entries(options)).flatMap(([name, { type, alias }]) =>
    type === "string" ? [`--${flagOf(name)}`, ...(alias === undefined ? [] : [`-${alias}`])] : [],
  ),
);

/** One `--option`. Keys are camelCase here and kebab-case on the command line. */
export type OptionSpec = {
  type: "boolean" | "string";
  describe: string;
  alias?: string;
  /** May be given several times, or once with commas. */
  isList?: true;
  choices?: readonly string[];
  /** What stands for the value in completions: task ids, lanes, personas, workflows, or nothing. */
  completes?: Completes;
};

export type Completes = "task" | "lane" | "persona" | "workflow";

/** One word that stands without dashes. All but the optional ones must be given. */
export type PositionalSpec = {
  describe: string;
  /** Left out, it is the first of its choices, or an empty list. */
  isOptional?: true;
  isList?: true;
  choices?: readonly string[];
  completes?: Completes;
};

export type CommandSpec = {
  describe: string;
  positionals: Readonly<Record<string, PositionalSpec>>;
  options: Readonly<Record<string, OptionSpec>>;
  examples: ReadonlyArray<readonly [command: string, meaning: string]>;
};

export const json = { type: "boolean", describe: "Print facts as JSON" } as const satisfies OptionSpec;
export const task = { describe: "Id or alias of a task", completes: "task" } as const satisfies PositionalSpec;
export const stopRuns = {
  type: "boolean",
  describe: "Stop the runs too; their work is kept",
} as const satisfies OptionSpec;

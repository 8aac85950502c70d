import { AROUND_SPECS } from "./specs/around-specs.ts";
import { BOARD_SPECS } from "./specs/board-specs.ts";
import type { CommandSpec, OptionSpec } from "./specs/spec.ts";
import { TASK_SPECS } from "./specs/task-specs.ts";

/** What a command receives: every declared name is there, absent strings as null. */
export type ArgsOf<Spec extends CommandSpec> = {
  [Name in keyof Spec["positionals"]]: Spec["positionals"][Name] extends { isList: true } ? readonly string[] : string;
} & {
  [Name in keyof Spec["options"]]: Spec["options"][Name] extends { type: "boolean" }
    ? boolean
    : Spec["options"][Name] extends { isList: true }
      ? readonly string[]
      : string | null;
};

/** The options that stand before or after any command. */
export const GLOBAL_OPTIONS = {
  cwd: { type: "string", alias: "C", describe: "Work as if started in this folder" },
} as const satisfies Record<string, OptionSpec>;

/** Every command, declared once: help, both parsers and the completions read this table. */
export const SPECS = { ...BOARD_SPECS, ...TASK_SPECS, ...AROUND_SPECS } as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof SPECS;

/** Whether a word names a command. */
export function isCommandName(word: string): word is CommandName {
  return Object.hasOwn(SPECS, word);
}

/** `untilIdle` as it is typed: `until-idle`. */
export function flagOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

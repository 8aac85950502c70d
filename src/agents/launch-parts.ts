import type { LaunchRequest } from "./adapter.ts";

/** The program of an agent and its first arguments: the board's own definition, or else the agent's usual name. */
export function programOf({ command }: LaunchRequest, usual: string): { file: string; args: readonly string[] } {
  const [file = "", ...args] = command ?? [];
  return { file: file === "" ? usual : file, args };
}

/**
 * Why the names of a request cannot be arguments; null when they can. They come from files that anybody may write, and one
 * that begins with a dash would be an option.
 */
export function problemOfNames({ model, effort, resume, tools }: LaunchRequest): string | null {
  const names = { model, effort, "conversation to go on with": resume ?? null };
  for (const [what, name] of Object.entries(names)) {
    if (name !== null && !NAME.test(name)) return `the ${what} is '${shown(name)}', which is no name`;
  }
  const tool = [...(tools?.allow ?? []), ...(tools?.deny ?? [])].find((it) => !TOOL.test(it));
  return tool === undefined ? null : `\`tools\` has '${shown(tool)}'; expected a name such as Read or Bash(npm test:*)`;
}

/** An option with its value, or nothing where there is none. */
export function option(name: string, value: string | number | null | undefined): readonly string[] {
  return value === null || value === undefined ? [] : [name, String(value)];
}

/** Whether a text may be one argument: the system takes 128 KiB, with some room left for what stands around it. */
export function fitsArgument(text: string): boolean {
  return Buffer.byteLength(text) <= ARGUMENT_BYTES && !text.includes("\0");
}

/** The task as a prompt in which nothing is a command of the agent's: it never begins with what a person wrote. */
export function inertPrompt(prompt: string): string {
  return `${TASK_LINE}\n\n${prompt}`;
}

/** The persona before the prompt, for where there is no other way to say it. */
export function promptWithPersona({ systemPrompt, prompt }: Pick<LaunchRequest, "systemPrompt" | "prompt">): string {
  const isPlain = systemPrompt.trim() === "";
  return isPlain ? inertPrompt(prompt) : `${PERSONA_LINE}\n\n${systemPrompt}\n\n${inertPrompt(prompt)}`;
}

const TASK_LINE = "Your task is this.";
const PERSONA_LINE = "Your role and its rules are these; they hold until the end.";
const NAME = /^[\p{L}\p{N}@][^\s\p{C}]{0,199}$/u;
const TOOL = /^[A-Za-z_][\w.-]{0,99}(?:\([^\p{C}]{1,300}\))?$/u;
const ARGUMENT_BYTES = 120_000;

function shown(name: string): string {
  return name.replace(/[\p{C}\s]+/gu, " ").slice(0, 60);
}

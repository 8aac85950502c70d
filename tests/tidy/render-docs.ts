import type { CommandSpec } from "../../src/cli/specs/spec.ts";
import { flagOf, SPECS } from "../../src/cli/specs.ts";
import { ERRORS } from "../../src/errors.ts";
import { FAILPOINTS } from "../../src/files/failpoints.ts";

/** docs/commands.md, from the table that the command line is read by. */
export function renderCommands(): string {
  const specs: [string, CommandSpec][] = Object.entries(SPECS);
  return page([
    "# Commands",
    "",
    "Whatever a command changes, it changes as a person would: by the files.",
    "Commands that only read never write, and work with the daemon off.",
    "`-C <folder>` works as if started there; `--help` and `--version` are always known; `--json` prints facts for scripts.",
    "Exit codes and errors: [errors.md](errors.md).",
    "",
    ...table(
      ["command", "meaning"],
      specs.map(([name, spec]) => [`\`${usageOf(name, spec)}\``, spec.describe]),
    ),
    ...specs.flatMap(([name, spec]) => [
      "",
      `## ${name}`,
      "",
      `${spec.describe}.`,
      ...optionsOf(spec),
      "",
      ...examplesOf(spec),
    ]),
  ]);
}

function usageOf(name: string, { positionals }: CommandSpec): string {
  const words = Object.entries(positionals).map(([word, it]) => (it.isOptional === true ? `[${word}]` : `<${word}>`));
  return ["kanband", name, ...words].join(" ");
}

function optionsOf({ options }: CommandSpec): string[] {
  const rows = Object.entries(options).map(([name, it]) => {
    const value = it.type === "boolean" ? "" : ` <${it.choices?.join("|") ?? "value"}>`;
    const alias = it.alias === undefined ? "" : `, \`-${it.alias}\``;
    return [`\`--${flagOf(name)}${value}\`${alias}`, it.describe];
  });
  return rows.length === 0 ? [] : ["", ...table(["option", "meaning"], rows)];
}

function examplesOf({ examples }: CommandSpec): string[] {
  const width = Math.max(...examples.map(([line]) => line.length));
  return ["```sh", ...examples.map(([line, meaning]) => `${line.padEnd(width)}  # ${meaning}`), "```"];
}

const EXIT_CODES: Readonly<Record<number, string>> = {
  0: "it worked",
  1: "an operation failed",
  2: "wrong usage",
  3: "no board, no repository, or no usable git",
  4: "something needs a person",
  70: "a bug in kanband",
};

/** docs/errors.md, from the catalogue. Throws on an exit code that has no meaning here. */
export function renderErrors(): string {
  const rows = Object.entries(ERRORS).map(([code, { exitCode, hint }]) => {
    if (EXIT_CODES[exitCode] === undefined) throw new Error(`exit code ${exitCode} of ${code} means nothing yet`);
    return [`\`${code}\``, String(exitCode), hint];
  });
  return page([
    "# Errors",
    "",
    "Every error says what went wrong, where, and what was expected; the hint says what to do next.",
    "There is a stack trace only where the exit code is 70.",
    "",
    ...table(
      ["exit code", "meaning"],
      Object.entries(EXIT_CODES).map(([code, meaning]) => [code, meaning]),
    ),
    "",
    ...table(["code", "exit code", "hint"], rows),
  ]);
}

/** docs/failpoints.md, from the catalogue: one row an operation, its points in the order in which it passes them. */
export function renderFailpoints(): string {
  const operations = [...new Set(FAILPOINTS.map(operationOf))];
  return page([
    "# Failpoints",
    "",
    "Named places before and after each durable step, where tests kill or fail the daemon.",
    "They are in force only when `KANBAND_FAILPOINTS` is set: `name=kill`, `name=ENOSPC@3` (at the third hit), `name=pause:200`,",
    "`name=hold:<path>` (writes `<path>.at`, goes on once `<path>.go` exists); comma-separated; `prefix.*` and `write:*` match many.",
    "",
    `There are ${FAILPOINTS.length}.`,
    "",
    ...table(
      ["operation", "failpoints, in order"],
      operations.map((operation) => [`\`${operation}\``, pointsOf(operation).join(", ")]),
    ),
  ]);
}

function operationOf(name: string): string {
  return name.slice(0, name.lastIndexOf("."));
}

function pointsOf(operation: string): string[] {
  const names = FAILPOINTS.filter((name) => operationOf(name) === operation);
  return names.map((name) => `\`${name.slice(operation.length + 1)}\``);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map((it) => it.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)];
}

function page(lines: readonly string[]): string {
  const note = "<!-- Made from the code: `npm run docs` writes it anew, and a test compares. -->";
  return `${[lines[0], "", note, ...lines.slice(1)].join("\n")}\n`;
}

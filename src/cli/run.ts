import { resolve } from "node:path";
import type { Context } from "./context.ts";
import { print } from "./context.ts";
import { loadCommand } from "./load.ts";
import { type ParsedCommand, parseFast } from "./parse-fast.ts";
import { reportError } from "./report-error.ts";

/** Runs one command line and answers the exit code. Never throws: every error is told to the person. */
export async function runCli(argv: readonly string[], context: Context): Promise<number> {
  let dir = context.dir;
  try {
    const parsed = parseFast(argv) ?? (await parseSlowly(argv));
    if (parsed.name === "help") {
      print(context.out, parsed.text);
      return 0;
    }
    dir = resolve(context.dir, parsed.cwd ?? ".");
    const command = await loadCommand(parsed.name);
    return await command({ ...context, dir }, parsed.args);
  } catch (error) {
    return await reportError({ ...context, dir }, error);
  }
}

async function parseSlowly(argv: readonly string[]): Promise<ParsedCommand | { name: "help"; text: string }> {
  const [{ parseCommandLine }, { readVersion }] = await Promise.all([import("./cli.ts"), import("./package-files.ts")]);
  return await parseCommandLine(argv, readVersion());
}

import { quoteForShell } from "./quote-for-shell.ts";

/** How one command of `verify` went. */
export type VerifyResult = {
  command: string;
  /** Null: not run, or cut off before it ended. */
  exitCode: number | null;
  durationSeconds: number | null;
  /** The last of what it wrote, standard output and error together. */
  tail: string;
  state: "passed" | "failed" | "cut off" | "not run";
};

/** What is known of a command before it runs. */
export function notRun(command: string): VerifyResult {
  return { command, exitCode: null, durationSeconds: null, tail: "", state: "not run" };
}

/**
 * A `sh` script, to be given on standard input, that runs the commands in turn and stops at the first that fails, with its
 * exit code; then those of `asked`, whatever each of them comes to. Marks between their outputs carry the nonce, which none of
 * them sees in its arguments or environment. All of it is read before the first command runs. `look`: the text of a function of
 * that name, which is called before the first of them and after each, and may end the script.
 */
export function formatVerifyScript(
  commands: readonly string[],
  nonce: string,
  { asked = [], look = null }: { asked?: readonly string[]; look?: string | null } = {},
): string {
  const steps = [...commands, ...asked].map((command, index) => {
    if (index >= commands.length) return `run ${index} ${quoteForShell(command)} || :`;
    return `run ${index} ${quoteForShell(command)} || exit "$code"\nlook`;
  });
  const script = `${look ?? "look() { :; }"}${SCRIPT}`.replaceAll("@NONCE@", nonce);
  return [script, "all() {", "look", ...steps, "}", "all; exit", ""].join("\n");
}

const SCRIPT = `
run() {
  printf '\\n@NONCE@ begin %s\\n' "$1"
  began=$(date +%s)
  sh -c "$2" </dev/null 2>&1
  code=$?
  printf '\\n@NONCE@ end %s %s %s\\n' "$1" "$code" "$(($(date +%s) - began))"
  return "$code"
}`;

const TAIL_LIMIT = 8_000;

export type VerifyReader = {
  line(text: string): void;
  results(): readonly VerifyResult[];
  /** Whether there are marks that the script cannot have written: twice, out of order, or after the command that ended it. */
  isForged(): boolean;
  /** What was seen to have changed a file of the checks, and which; null: nothing. */
  change(): { by: string; path: string } | null;
  /** The exit code of a script that wrote these marks and came to its end; null: it did not. */
  exitCode(): number | null;
};

/** Reads what such a script wrote, chunk by chunk. `count`: so many of the commands, the first, end it when they fail. */
export function createVerifyReader(commands: readonly string[], nonce: string, count = commands.length): VerifyReader {
  const results = commands.map(notRun);
  const mark = new RegExp(`^${nonce} (begin|end) (\\d+)(?: (\\d+) (\\d+))?$`);
  let current: VerifyResult | undefined;
  let begun = 0;
  let isForged = false;
  let changed: string | null = null;
  const failed = (): VerifyResult | undefined => results.slice(0, count).find(({ state }) => state === "failed");
  return {
    line(text) {
      if (text.startsWith(`${nonce} changed `)) {
        isForged ||= current !== undefined || begun > count || changed !== null || failed() !== undefined;
        changed ??= text.slice(`${nonce} changed `.length);
        return;
      }
      const [, what, index, code, seconds] = mark.exec(text) ?? [];
      if (what === undefined) {
        if (current !== undefined) current.tail = `${current.tail}${text}\n`.slice(-TAIL_LIMIT);
        return;
      }
      if (what === "begin") {
        const next = results[begun];
        if (
          next === undefined ||
          current !== undefined ||
          changed !== null ||
          Number(index) !== begun ||
          failed() !== undefined
        ) {
          isForged = true;
          return;
        }
        current = next;
        begun += 1;
        next.state = "cut off";
        return;
      }
      if (current === undefined || results[Number(index)] !== current || code === undefined) {
        isForged = true;
        return;
      }
      current.exitCode = Number(code);
      current.durationSeconds = Number(seconds);
      current.state = current.exitCode === 0 ? "passed" : "failed";
      current = undefined;
    },
    results: () => results.map((it) => ({ ...it, tail: it.tail.trim() })),
    isForged: () => isForged,
    change() {
      const before = results[begun - 1];
      const by = before === undefined ? "the setup of the worktree" : `\`${before.command}\``;
      return changed === null ? null : { by, path: changed };
    },
    exitCode() {
      const ending = failed();
      if (ending !== undefined) return ending.exitCode;
      if (changed !== null) return 1;
      return begun === results.length && current === undefined ? 0 : null;
    },
  };
}

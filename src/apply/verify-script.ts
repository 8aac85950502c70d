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
 * exit code; then those of `asked`, whatever each of them comes to. Marks between their outputs carry the nonce, which none of them sees in its arguments or environment.
 */
export function formatVerifyScript(commands: readonly string[], nonce: string, asked: readonly string[] = []): string {
  const steps = [...commands, ...asked].map((command, index) => {
    const after = index < commands.length ? ' || exit "$code"' : " || :";
    return `run ${index} ${quoteForShell(command)}${after}`;
  });
  return `${SCRIPT.replaceAll("@NONCE@", nonce)}\n${steps.join("\n")}\n`;
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

/** Reads what such a script wrote, chunk by chunk. */
export function createVerifyReader(commands: readonly string[], nonce: string) {
  const results = commands.map(notRun);
  const mark = new RegExp(`^${nonce} (begin|end) (\\d+)(?: (\\d+) (\\d+))?$`);
  let current: VerifyResult | undefined;
  return {
    line(text: string): void {
      const [, what, index, code, seconds] = mark.exec(text) ?? [];
      if (what === undefined) {
        if (current !== undefined) current.tail = `${current.tail}${text}\n`.slice(-TAIL_LIMIT);
        return;
      }
      const result = results[Number(index)];
      if (result === undefined) return;
      if (what === "begin") {
        current = result;
        result.state = "cut off";
        return;
      }
      result.exitCode = Number(code);
      result.durationSeconds = Number(seconds);
      result.state = result.exitCode === 0 ? "passed" : "failed";
      current = undefined;
    },
    results: (): readonly VerifyResult[] => results.map((it) => ({ ...it, tail: it.tail.trim() })),
  };
}

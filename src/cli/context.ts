/**
 * Everything a command may know of the outside: where it works, what it prints to, what it was given.
 * Made once in `main.ts`, passed down; no command reads the process' own state.
 */
export type Context = {
  /** Folder the command works in, absolute. */
  dir: string;
  /** Folder the person stands in, absolute: what is printed as a path is to be read from there. */
  here: string;
  env: Readonly<Record<string, string | undefined>>;
  out: Output;
  err: Output;
  /** Standard input, whole. */
  readStdin(): Promise<string>;
  /** How this program is started again: `[node, main.js]`. */
  self: readonly [file: string, ...args: string[]];
  /** Ends the process now, whatever still runs in it. */
  exit(code: number): void;
};

export type Output = {
  write(text: string): void;
  /** A person looks at it, and it may be redrawn. */
  isTerminal: boolean;
  hasColor: boolean;
  columns(): number;
  rows(): number;
};

type Stream = { write(text: string): unknown; isTTY?: boolean; columns?: number; rows?: number };

/** One of the standard streams; colours only on a terminal and only while NO_COLOR is unset (no-color.org). */
export function createOutput(stream: Stream, env: Context["env"]): Output {
  const isTerminal = stream.isTTY === true && env["TERM"] !== "dumb";
  return {
    write: (text) => void stream.write(text),
    isTerminal,
    hasColor: isTerminal && (env["NO_COLOR"] ?? "") === "",
    // Some terminals have no size, and say 0.
    columns: () => stream.columns || 100,
    rows: () => stream.rows || 40,
  };
}

/** One line, or several. */
export function print(output: Output, ...lines: readonly string[]): void {
  for (const line of lines) output.write(`${line}\n`);
}

/** Facts for scripts: one JSON value, indented. */
export function printJson(output: Output, value: unknown): void {
  output.write(`${JSON.stringify(value, null, 2)}\n`);
}

import { tmpdir } from "node:os";
import { join } from "node:path";
import { KanbandError } from "../errors.ts";
import { type Context, print } from "./context.ts";
import { paint } from "./paint.ts";

/** Tells a person what went wrong and what to type next, and answers the exit code. Our own bugs leave their stack in a log. */
export async function reportError(context: Pick<Context, "dir" | "err">, error: unknown): Promise<number> {
  if (error instanceof KanbandError) {
    tell(context, error);
    return error.exitCode;
  }
  const path = await keepStack(context.dir, error);
  const text = error instanceof Error ? error.message : String(error);
  const bug = new KanbandError("INTERNAL", `something unexpected happened: ${text}`, {
    hint: `This is a bug in kanband; please report it with ${path}.`,
    cause: error,
  });
  tell(context, bug);
  return bug.exitCode;
}

function tell({ err }: Pick<Context, "err">, error: KanbandError): void {
  print(err, `${paint(err, "red", "error")} ${paint(err, "dim", error.code)} ${error.message}`);
  print(err, `${paint(err, "cyan", "hint")}  ${error.hint}`);
}

// Beside the daemon's log where there is a board, else in the machine's folder for temporary files.
async function keepStack(dir: string, error: unknown): Promise<string> {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const text = `${new Date().toISOString()} ${stack}\n`;
  const elsewhere = join(tmpdir(), "kanband-errors.log");
  for (const findPath of [async () => await logPathOf(dir), async () => elsewhere]) {
    try {
      const { appendFile } = await import("../files/durable.ts");
      const path = await findPath();
      appendFile(path, text);
      return path;
    } catch {
      // The next place may be writable.
    }
  }
  return "what you did before";
}

async function logPathOf(dir: string): Promise<string> {
  const { withBoard } = await import("./open-board.ts");
  return await withBoard(dir, ({ runtimeDir }) => Promise.resolve(join(runtimeDir, "log", "errors.log")));
}

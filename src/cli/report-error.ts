import { tmpdir } from "node:os";
import { join } from "node:path";
import { KanbandError } from "../errors.ts";
import { type Context, print } from "./context.ts";
import { paint } from "./paint.ts";

/** Tells a person what went wrong and what to type next, and answers the exit code. Our own bugs leave their stack in a log. */
export async function reportError(context: Context, error: unknown): Promise<number> {
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

function tell({ err }: Context, error: KanbandError): void {
  print(err, `${paint(err, "red", "error")} ${paint(err, "dim", error.code)} ${error.message}`);
  print(err, `${paint(err, "cyan", "hint")}  ${error.hint}`);
}

// Beside the daemon's log where there is a board, else in the machine's folder for temporary files.
async function keepStack(dir: string, error: unknown): Promise<string> {
  const { appendFile } = await import("../files/durable.ts");
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const text = `${new Date().toISOString()} ${stack}\n`;
  const { findRuntimeDir } = await import("./open-board.ts");
  const runtimeDir = await findRuntimeDir(dir);
  const paths = [join(tmpdir(), "kanband-errors.log")];
  if (runtimeDir !== null) paths.unshift(join(runtimeDir, "log", "errors.log"));
  for (const path of paths) {
    try {
      appendFile(path, text);
      return path;
    } catch {
      // The next place may be writable.
    }
  }
  return "what you did before";
}

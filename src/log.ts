import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { destination as Destination, pino as Pino, Logger as PinoLogger } from "pino";

type Level = "debug" | "info" | "warn" | "error";
export type Logger = Readonly<Record<Level, (facts: object, message: string) => void>>;

const KEEP_FILES = 5;
const FILE_BYTES = 5 * 1024 * 1024;

/**
 * The logger: JSON lines with constant messages, values as keys. Written synchronously, so that no line is lost in any kind of
 * death; rotated by size (`<path>`, `<path>.1` … `<path>.4`, 5 MiB each). With path null it says nothing.
 */
export function createLogger(path: string | null, { fileBytes = FILE_BYTES, level = "info" } = {}): Logger {
  if (path !== null) mkdirSync(dirname(path), { recursive: true });
  const opened: { logger: PinoLogger | null } = { logger: null };
  const sayer =
    (name: Level) =>
    (facts: object, message: string): void => {
      if (path === null) return;
      opened.logger ??= open(path, fileBytes, level);
      opened.logger[name](facts, message);
    };
  return { debug: sayer("debug"), info: sayer("info"), warn: sayer("warn"), error: sayer("error") };
}

// A daemon with nothing to say is ready sooner without pino. It is loaded in the middle of a synchronous call.
function open(path: string, fileBytes: number, level: string): PinoLogger {
  const { destination, pino } = createRequire(import.meta.url)("pino") as {
    destination: typeof Destination;
    pino: typeof Pino;
  };
  const timestamp = (): string => `,"time":"${new Date().toISOString()}"`;
  return pino({ level, base: null, timestamp }, rotating(destination, path, fileBytes));
}

function rotating(destination: typeof Destination, path: string, fileBytes: number): { write(line: string): void } {
  let size = sizeOf(path);
  if (size >= fileBytes) rotate(path);
  const file = destination({ dest: path, sync: true });
  size = sizeOf(path);
  return {
    write(line: string): void {
      if (size + line.length > fileBytes && size > 0) {
        rotate(path);
        file.reopen();
        size = 0;
      }
      file.write(line);
      size += Buffer.byteLength(line);
    },
  };
}

function rotate(path: string): void {
  rmSync(`${path}.${KEEP_FILES - 1}`, { force: true });
  for (let age = KEEP_FILES - 2; age >= 1; age--) {
    if (existsSync(`${path}.${age}`)) renameSync(`${path}.${age}`, `${path}.${age + 1}`);
  }
  if (existsSync(path)) renameSync(path, `${path}.1`);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

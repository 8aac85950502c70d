import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Logger } from "pino";
import { destination, pino } from "pino";

export type { Logger } from "pino";

const KEEP_FILES = 5;
const FILE_BYTES = 5 * 1024 * 1024;

/**
 * The logger: JSON lines with constant messages, values as keys. Written synchronously, so that no line is lost in any kind of
 * death; rotated by size (`<path>`, `<path>.1` … `<path>.4`, 5 MiB each). With path null it says nothing.
 */
export function createLogger(path: string | null, { fileBytes = FILE_BYTES, level = "info" } = {}): Logger {
  if (path === null) return pino({ level: "silent" });
  mkdirSync(dirname(path), { recursive: true });
  return pino(
    { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    rotating(path, fileBytes),
  );
}

function rotating(path: string, fileBytes: number): { write(line: string): void } {
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

import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

export type Stream = "stdout" | "stderr" | "setup.out";

/** Reads at most `maxBytes` of a run's output from a byte offset on; nothing when there is nothing (any more). */
export function readSpool(
  runDir: string,
  stream: Stream,
  offset: number,
  maxBytes: number,
): { bytes: Buffer; nextOffset: number } {
  const bytes = readRange(join(runDir, stream), offset, maxBytes);
  return { bytes, nextOffset: offset + bytes.length };
}

/** Reads at most `maxBytes` of a file from a byte offset on; empty when it ends before, or is not there. */
export function readRange(path: string, offset: number, maxBytes: number): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return Buffer.alloc(0);
  }
  try {
    // Room for what is there and no more: this is asked for every run, many times a second.
    const size = Math.max(0, Math.min(maxBytes, fstatSync(descriptor).size - offset));
    const bytes = Buffer.allocUnsafe(size);
    let length = 0;
    for (let read = -1; read !== 0 && length < size; length += read) {
      read = readSync(descriptor, bytes, length, size - length, offset + length);
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}

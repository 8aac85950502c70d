import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { ObjectFormat } from "./blob-id.ts";

// A link or a FIFO that took the file's place since it was looked at must neither be followed nor waited for.
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CHUNK_BYTES = 65_536;

/** The first `limit` bytes of a file. Synchronous: for small files this is five times faster than promises. */
export function readHeadBytes(file: string, limit: number): Buffer {
  const fd = openSync(file, FLAGS);
  try {
    const chunks: Buffer[] = [];
    let length = 0;
    while (length < limit) {
      const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, limit - length));
      const count = readSync(fd, chunk, 0, chunk.byteLength, null);
      if (count === 0) break;
      chunks.push(chunk.subarray(0, count));
      length += count;
    }
    const [only] = chunks;
    // A small file is copied out of its large chunk, so that a cache of many does not hold the rest.
    return only !== undefined && chunks.length === 1 ? Buffer.from(only) : Buffer.concat(chunks);
  } finally {
    closeSync(fd);
  }
}

/** The blob id of a file of any size, a piece at a time; null when it grew or shrank meanwhile. */
export function blobIdOfFile(file: string, format: ObjectFormat): string | null {
  const fd = openSync(file, FLAGS);
  try {
    const { size } = fstatSync(fd);
    const hash = createHash(format).update(`blob ${size}\0`);
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let length = 0;
    for (let count = -1; count !== 0; length += count) {
      count = readSync(fd, chunk, 0, chunk.byteLength, null);
      hash.update(chunk.subarray(0, count));
    }
    return length === size ? hash.digest("hex") : null;
  } finally {
    closeSync(fd);
  }
}

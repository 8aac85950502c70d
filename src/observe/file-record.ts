import { join } from "node:path";
import type { Finding } from "../board/finding.ts";
import { blobIdOf, type ObjectFormat } from "./blob-id.ts";
import { blobIdOfFile, readHeadBytes } from "./read-bytes.ts";
import { isCode, isSameStamp, readStamp, type Stamp } from "./stamp.ts";

/** How much of a file is wanted: that it is there, its front matter, or every byte and the blob id. */
export type Depth = "name" | "head" | "content";

/** One file as it was when last looked at. The same object is answered as long as nothing changed. */
export type FileRecord<T> = {
  /** Relative to the board root, with `/`. */
  readonly path: string;
  readonly stamp: Stamp;
  /** When this stamp was first seen. */
  readonly seenAt: number;
  readonly depth: Depth;
  /** What the bytes say; null when not read, not readable, too large or not a regular file. */
  readonly value: T | null;
  /** Null unless read to the depth `content`. */
  readonly blobSha: string | null;
  /** Why it could not be read. */
  readonly problem: Finding | null;
  /** Read so soon after its last change that an equal stamp proves nothing: clocks of file systems tick every few ms. */
  readonly isRacy: boolean;
};

export type FileReader<T> = {
  readonly root: string;
  readonly format: ObjectFormat;
  /** The code of its findings. */
  readonly code: string;
  parse(path: string, bytes: Uint8Array, blobSha: string | null): T;
};

/** Larger files are broken for us; they are hashed, so that moving them can be committed, and never read whole. */
const SIZE_MAX = 1_048_576;
const HASHED_SIZE_MAX = 67_108_864;
const HEAD_SIZE = 65_536;
const RACY_MS = 20;

const DEPTHS: readonly Depth[] = ["name", "head", "content"];

/** Looks at a file again, and reads it only if it changed or more of it is wanted than before; null when it is gone. */
export function refreshFile<T>(
  reader: FileReader<T>,
  path: string,
  previous: FileRecord<T> | undefined,
  wanted: Depth,
  now: number,
): FileRecord<T> | null {
  const stamp = readStamp(`${reader.root}/${path}`);
  if (stamp === null || stamp.kind === "folder") return null;
  const isSame = previous !== undefined && isSameStamp(previous.stamp, stamp);
  if (isSame && !previous.isRacy && DEPTHS.indexOf(previous.depth) >= DEPTHS.indexOf(wanted)) return previous;
  const seenAt = isSame ? previous.seenAt : now;
  const isRacy = wanted !== "name" && now - Math.max(stamp.ctimeMs, stamp.mtimeMs) < RACY_MS;
  // Links and pipes are found out whatever is wanted.
  const isUnread = wanted === "name" && stamp.kind === "file";
  const { value, blobSha, problem } = isUnread ? UNREAD : readFile(reader, path, stamp, wanted);
  // A second reading of a file that was racy and turns out equal keeps its value, so that nothing looks changed.
  const isEqual = isSame && previous.depth === wanted && blobSha !== null && previous.blobSha === blobSha;
  return { path, stamp, seenAt, depth: wanted, value: isEqual ? previous.value : value, blobSha, problem, isRacy };
}

const UNREAD = { value: null, blobSha: null, problem: null };

type Reading<T> = Pick<FileRecord<T>, "value" | "blobSha" | "problem">;

function readFile<T>(reader: FileReader<T>, path: string, stamp: Stamp, wanted: Depth): Reading<T> {
  const file = `${reader.root}/${path}`;
  try {
    if (stamp.kind !== "file")
      return broken(reader, path, `is a ${stamp.kind}: only regular files are read`, "warning");
    if (wanted === "head") return { ...UNREAD, value: reader.parse(path, readTop(file, stamp), null) };
    if (stamp.size > SIZE_MAX) return readLarge(reader, path, stamp);
    const bytes = readHeadBytes(file, SIZE_MAX + 1, stamp.size);
    const blobSha = blobIdOf(bytes, reader.format);
    return { value: reader.parse(path, bytes, blobSha), blobSha, problem: null };
  } catch (error) {
    return broken(reader, path, `cannot be read: ${reasonOf(error)}`);
  }
}

/** The beginning of a file, whole lines only: a cut inside a character would look like broken text. */
function readTop(file: string, { size }: Stamp): Buffer {
  const bytes = readHeadBytes(file, HEAD_SIZE, size);
  return bytes.length < HEAD_SIZE ? bytes : bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
}

function readLarge<T>(reader: FileReader<T>, path: string, { size }: Stamp): Reading<T> {
  const blobSha = size > HASHED_SIZE_MAX ? null : blobIdOfFile(join(reader.root, path), reader.format);
  return { ...broken(reader, path, `is ${Math.ceil(size / SIZE_MAX)} MiB; at most 1 MiB is read`), blobSha };
}

function broken<T>(
  reader: FileReader<T>,
  path: string,
  why: string,
  severity: Finding["severity"] = "error",
): Reading<T> {
  const problem: Finding = {
    path,
    line: null,
    severity,
    code: reader.code,
    message: `${path} ${why}`,
    hint: null,
  };
  return { value: null, blobSha: null, problem };
}

function reasonOf(error: unknown): string {
  if (isCode(error, "EACCES") || isCode(error, "EPERM")) return "permission denied";
  if (isCode(error, "ELOOP")) return "it became a symbolic link";
  return error instanceof Error ? error.message : String(error);
}

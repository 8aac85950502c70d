import { lstatSync, type Stats } from "node:fs";

/** What `lstat` says of a path. Equal stamps mean that nothing was written, renamed or replaced in between. */
export type Stamp = {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly kind: "file" | "folder" | "symlink" | "fifo" | "socket" | "device" | "hidden";
};

/** Stands for a path that is there but may not be looked at. */
const HIDDEN: Stamp = { dev: 0, ino: 0, size: 0, mtimeMs: 0, ctimeMs: 0, kind: "hidden" };

/** Looks at a path without following links; null when nothing is there. */
export function readStamp(file: string): Stamp | null {
  try {
    const stats = lstatSync(file, { throwIfNoEntry: false });
    return stats === undefined ? null : stampOf(stats);
  } catch (error) {
    return isCode(error, "ENOTDIR") || isCode(error, "ENOENT") ? null : HIDDEN;
  }
}

/** Whether two looks at a path found the same file, untouched. */
export function isSameStamp(a: Stamp, b: Stamp): boolean {
  return (
    a.ctimeMs === b.ctimeMs &&
    a.mtimeMs === b.mtimeMs &&
    a.ino === b.ino &&
    a.size === b.size &&
    a.dev === b.dev &&
    a.kind === b.kind
  );
}

/** Whether an error carries this `code`. */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function stampOf(stats: Stats): Stamp {
  const { dev, ino, size, mtimeMs, ctimeMs } = stats;
  return { dev, ino, size, mtimeMs, ctimeMs, kind: kindOf(stats) };
}

function kindOf(stats: Stats): Stamp["kind"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "folder";
  if (stats.isSymbolicLink()) return "symlink";
  if (stats.isFIFO()) return "fifo";
  return stats.isSocket() ? "socket" : "device";
}

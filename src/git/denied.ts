import { accessSync, constants } from "node:fs";
import { dirname, relative } from "node:path";
import { hasCode } from "../files/place.ts";

/**
 * A folder in which we may not write, or which has a file that cannot be replaced; and the file that was to change, where it is
 * one of a working tree.
 */
export type Denied = { folder: string; code: string; files: string[] };

/** What an error says of a file that may not be replaced, for one of these working trees; null: it is another error. */
export function findDenied(error: unknown, tops: readonly string[]): Denied | null {
  const cause = hasCode(error, ...DENIED) ? error : error instanceof Error ? error.cause : null;
  if (!hasCode(cause, ...DENIED)) return null;
  const { code, path, dest } = cause as { code: string; path?: string; dest?: string };
  const paths = [path, dest].filter((it) => it !== undefined);
  const isClosed = (it: string): boolean => code !== MOUNTED && !mayWriteIn(dirname(it));
  const closed = paths.find(isClosed) ?? paths[0];
  const files = paths.flatMap((it) => tops.flatMap((top) => pathIn(top, it)));
  return { folder: closed === undefined ? (tops[0] ?? "") : dirname(closed), code, files: files.slice(0, 1) };
}

// Nobody takes a file out of its place that is a mount of its own, as one that is given to a container.
const MOUNTED = "EBUSY";
const DENIED = ["EACCES", "EPERM", "EROFS", MOUNTED];

/** Why a branch does not move. */
export function describeDenied({ folder, code }: Denied): string {
  if (code === MOUNTED)
    return `a file in the folder ${folder} cannot be replaced (${code}), as one that is mounted there: unmount it, or merge by hand`;
  return `kanband may not write in the folder ${folder} (${code}): let it, or merge by hand`;
}

function mayWriteIn(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function pathIn(top: string, path: string): string[] {
  const inside = relative(top, path);
  return /^\.\.(?:\/|$)|^\.git(?:\/|$)|^\.kanband-moves(?:\/|$)/.test(inside) ? [] : [inside];
}

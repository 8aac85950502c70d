import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./profile.ts";

export type HeadMove = { from: string; to: string; message: string };

/**
 * When the last `git reset` was, and so the last `git stash`, which ends with one: ms since the epoch, in whole seconds; 0
 * when the end of the log knows of none. Reads the end of one file.
 */
export function lastResetAt({ gitDir }: GitPlace): number {
  const resets = readTail(join(gitDir, "logs/HEAD")).matchAll(/> (\d+) [+-]\d{4}\treset: moving to /g);
  return Math.max(0, ...[...resets].map(([, seconds]) => Number(seconds) * 1_000));
}

const TAIL_BYTES = 8_192;

/**
 * The last move of HEAD in its log that went elsewhere; null when nobody keeps one, or none of late did. Each `git stash`
 * adds a line that stays where it is, and the next may come before anybody looks. Reads the end of one file.
 */
export function lastHeadMove({ gitDir }: GitPlace): HeadMove | null {
  const lines = readTail(join(gitDir, "logs/HEAD")).matchAll(/^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) [^\t\n]*\t(.*)$/gm);
  const moves = [...lines].map(([, from = "", to = "", message = ""]) => ({ from, to, message }));
  return moves.findLast(({ from, to }) => from !== to) ?? null;
}

/** Where the log of a ref says that it is now; null when nobody keeps one, or when it says nothing. Reads the end of one file. */
export function lastLogged({ commonDir }: GitPlace, ref: string): string | null {
  const line =
    readTail(join(commonDir, "logs", ref))
      .trimEnd()
      .split("\n")
      .at(-1) ?? "";
  const [, sha = ""] = /^[0-9a-f]{40,64} ([0-9a-f]{40,64}) /.exec(line) ?? [];
  return /^0*$/.test(sha) ? null : sha;
}

function readTail(path: string): string {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    const count = readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8", 0, count);
  } catch {
    // A folder: `a/b` is where `a` was.
    return "";
  } finally {
    closeSync(descriptor);
  }
}

import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./profile.ts";

export type RefLogEntry = { oldSha: string; newSha: string; email: string; message: string };

const LINE = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) .*<([^<>\n]*)> \d+ [+-]\d{4}(?:\t(.*))?$/;

/**
 * The log of a ref, the oldest entry first: who moved it from where to where. `name`: a full ref, `HEAD`, or `HEAD` below a
 * git directory such as `worktrees/w1/HEAD`. `from`: so many bytes are passed over. Empty when nobody keeps one; null when it
 * is shorter than that, so that somebody wrote it anew.
 */
export function readRefLog(place: GitPlace, name: string, from: number): RefLogEntry[] | null;
export function readRefLog(place: GitPlace, name: string): RefLogEntry[];
export function readRefLog({ commonDir }: GitPlace, name: string, from = 0): RefLogEntry[] | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(pathOf(commonDir, name));
  } catch {
    return from === 0 ? [] : null;
  }
  if (bytes.length < from) return null;
  const lines = bytes.toString("utf8", from).split("\n");
  return lines.flatMap((line) => {
    const [, oldSha = "", newSha = "", email = "", message = ""] = LINE.exec(line) ?? [];
    return newSha === "" ? [] : [{ oldSha, newSha, email, message }];
  });
}

/** How long the log of a ref is, in bytes; 0 when there is none. */
export function refLogBytes({ commonDir }: GitPlace, name: string): number {
  return statSync(pathOf(commonDir, name), { throwIfNoEntry: false })?.size ?? 0;
}

function pathOf(commonDir: string, name: string): string {
  const [, worktree] = /^(worktrees\/[^/]+)\/HEAD$/.exec(name) ?? [];
  return worktree === undefined ? join(commonDir, "logs", name) : join(commonDir, worktree, "logs/HEAD");
}

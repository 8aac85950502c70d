import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./profile.ts";

export type RefLogEntry = { oldSha: string; newSha: string; email: string; message: string };

const LINE = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) .*<([^<>\n]*)> \d+ [+-]\d{4}(?:\t(.*))?$/;

/**
 * The log of a ref, the oldest entry first: who moved it from where to where. `name`: a full ref, `HEAD`, or `HEAD` below a
 * git directory such as `worktrees/w1/HEAD`. Empty when nobody keeps one.
 */
export function readRefLog(place: GitPlace, name: string): RefLogEntry[] {
  return linesOf(place, name).flatMap(parse);
}

/**
 * What came after a line of the log, as `lastLineOfLog` answered it; null when that is not there any more: `git gc` and others
 * take the oldest lines away, so that what is left says nothing of what came after it.
 */
export function readRefLogSince(place: GitPlace, name: string, line: string): RefLogEntry[] | null {
  const lines = linesOf(place, name);
  const at = line === "" ? -1 : lines.lastIndexOf(line);
  return at === -1 && line !== "" ? null : lines.slice(at + 1).flatMap(parse);
}

/** The last line of the log of a ref; empty when there is none. */
export function lastLineOfLog(place: GitPlace, name: string): string {
  return linesOf(place, name).at(-1) ?? "";
}

function parse(line: string): RefLogEntry[] {
  const [, oldSha = "", newSha = "", email = "", message = ""] = LINE.exec(line) ?? [];
  return newSha === "" ? [] : [{ oldSha, newSha, email, message }];
}

function linesOf({ commonDir }: GitPlace, name: string): string[] {
  try {
    return readFileSync(pathOf(commonDir, name), "utf8")
      .split("\n")
      .filter((it) => it !== "");
  } catch {
    return [];
  }
}

function pathOf(commonDir: string, name: string): string {
  const [, worktree] = /^(worktrees\/[^/]+)\/HEAD$/.exec(name) ?? [];
  return worktree === undefined ? join(commonDir, "logs", name) : join(commonDir, worktree, "logs/HEAD");
}

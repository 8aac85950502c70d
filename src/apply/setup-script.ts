import { createHash } from "node:crypto";
import { join } from "node:path";
import { oneLine } from "../board/text.ts";
import { quoteForShell } from "./quote-for-shell.ts";
import { readPlain } from "./read-plain.ts";

/** The folder of a worktree that holds what a step may read. It ignores itself, so that nothing of it is ever committed. */
export const SESSION_FOLDER = ".session";

/** A file there that says what was set up. */
export const MARK_NAME = ".setup-done";

/**
 * The script that makes a fresh worktree fit for its task: the settings' `worktree.setup`, stopping at the first failure. It
 * leaves a mark in the worktree when it is through, so that the next run there does not do it again. `closing`: lines to run
 * before that. Null: nothing to do.
 */
export function setupScript(
  commands: readonly string[],
  taskId: string,
  worktree: string,
  closing: readonly string[] = [],
): string | null {
  if (commands.length === 0) return null;
  const mark = markOf(commands, taskId);
  if (readMark(worktree) === mark) return null;
  return [
    "set -eu",
    "failed() {",
    '  printf \'\\n%s exited with %s\\n\' "$1" "$2"',
    '  exit "$2"',
    "}",
    // In a shell of its own, as those of `verify`: a `cd` in one is nothing to the next, nor to what comes after.
    ...commands.map((it) => `sh -euc ${quoteForShell(it)} || failed ${quoteForShell(shown(it))} "$?"`),
    `mkdir -p ${SESSION_FOLDER}`,
    // Where only checks run, nobody else says that the folder is no work.
    `printf '*\\n' > '${SESSION_FOLDER}/.gitignore'`,
    ...closing,
    `printf '%s' '${mark}' > '${SESSION_FOLDER}/${MARK_NAME}'`,
    "",
  ].join("\n");
}

/**
 * What is to be said of a setup that failed, from the end of what it printed: the command, how it ended, and its last words.
 * `said`: those last words alone, where there are any.
 */
export function readSetupFailure(tail: string, exitCode: number | null): { reason: string; said: string } {
  const lines = tail.split("\n").flatMap((it) => it.trim() || []);
  const last = lines.at(-1) ?? "";
  const ending = FAILED.test(last) ? last : `it exited with ${exitCode ?? "an unknown status"}`;
  const said = ending === last ? (lines.at(-2) ?? "") : last;
  return { reason: said === "" ? ending : `${ending}: ${said}`, said: said === "" ? ending : said };
}

const FAILED = /^`.*` exited with \d+$/;

function shown(command: string): string {
  return `\`${oneLine(command, 120)}\``;
}

/** The mark of a worktree; null when nothing was set up there. */
export function readMark(worktree: string): string | null {
  return readPlain(join(worktree, SESSION_FOLDER, MARK_NAME))?.toString("utf8") ?? null;
}

function markOf(commands: readonly string[], taskId: string): string {
  return createHash("sha256")
    .update(JSON.stringify([taskId, ...commands]))
    .digest("hex");
}

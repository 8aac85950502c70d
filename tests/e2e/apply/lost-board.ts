import type { Settings } from "../../../src/config/settings.ts";
import type { ApplyBoard } from "./apply-board.ts";
import { batchBoard } from "./batch-board.ts";
import { tickToEnd } from "./tick-board.ts";

/** The clock of the board's observer: when something was written and when it was seen to move is compared. */
export const inStep = (): number => Date.now() + 60_000;

export const LANDED = "refs/kanband/landed";

/** The files that each task's branch changes, by task. */
export type Changes = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A board with tasks that are merged and closed, and of which nothing but the base is left. */
export async function mergedBoard(
  ids: readonly string[],
  { style = "merge", changes = {} }: { style?: Settings["mergeStyle"]; changes?: Changes } = {},
): Promise<ApplyBoard> {
  const board = await batchBoard(ids, { verify: [], style, clock: inStep, changes });
  await tickToEnd(board);
  return board;
}

/** The commit that brought a task into the base the last time. */
export async function landingOf({ git }: ApplyBoard, id: string, ref = "main"): Promise<string> {
  return await git(
    "log",
    "-1",
    "--format=%H",
    "--first-parent",
    `--grep=^Merged: `,
    `--grep=^Task: ${id}$`,
    "--all-match",
    ref,
  );
}

/** Reverts a commit by hand, as a person does. */
export async function revert({ git }: ApplyBoard, sha: string): Promise<string> {
  const parents = (await git("log", "-1", "--format=%P", sha)).split(" ");
  await git("revert", "--no-edit", ...(parents.length > 1 ? ["-m", "1"] : []), sha);
  return await git("rev-parse", "HEAD");
}

/** Moves the file of a task to another lane, wherever it is. */
export function moveTo(board: ApplyBoard, id: string, from: string, to: string): Promise<string> {
  return board.git("mv", `board/${from}/${id}.md`, `board/${to}/${id}.md`);
}

import { existsSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { settleBase } from "../apply/settle-advances.ts";
import { sweepObjects } from "../apply/sweep-objects.ts";
import { sweepResults } from "../apply/sweep-results.ts";
import { sweepStacks } from "../apply/sweep-stacks.ts";
import { voidUnstartedRuns } from "../apply/void-runs.ts";
import type { World } from "../apply/world.ts";
import { sweepTempFiles } from "../files/durable.ts";
import { sweepStrays } from "../process/sweep-strays.ts";

/** Makes the runtime directory and removes what a killed daemon was in the middle of writing on the board. */
export async function prepareRuntime(world: World): Promise<void> {
  const { runtimeDir, boardRoot } = world;
  for (const name of ["runs", "log", "displaced", "tmp"]) mkdirSync(join(runtimeDir, name), { recursive: true });
  const board = join(boardRoot, "board");
  const runs = join(runtimeDir, "runs");
  sweepTempFiles([runtimeDir, board, ...foldersBelow(board), ...foldersBelow(runs)]);
  await voidUnstartedRuns(world);
  await sweepStacks(world);
  await settleBase(world);
  await sweepResults(world);
}

/**
 * The same for processes of runs that are not recorded any more, for objects of git and for `sessions/`, which has a folder
 * for each task there ever was: nobody waits for it.
 */
export async function sweepUnfinished(world: World): Promise<void> {
  const pids = await sweepStrays(join(world.runtimeDir, "runs"));
  if (pids.length > 0) world.log.warn({ pids }, "processes of runs without a record are ended");
  await sweepObjects(world);
  const root = join(world.boardRoot, "sessions");
  if (!existsSync(root)) return;
  for (const entry of await readdir(root, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) sweepTempFiles([join(entry.parentPath, entry.name)]);
  }
}

// The kind of each of thousands of task files is not asked for: none of them is a folder of ours.
function foldersBelow(root: string): string[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .filter((name) => !name.endsWith(".md"))
    .map((name) => join(root, name))
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    .flatMap((path) => [path, ...foldersBelow(path)]);
}

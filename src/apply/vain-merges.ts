import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { removeFileDurably, writeFileDurably } from "../files/durable.ts";
import type { World } from "./world.ts";

/**
 * Notes that the merge of a task was tried just now and waits as before: its record says so already, and is not written anew
 * each time. Evidence only; without it the next try comes at once.
 */
export function noteVainMerge(world: World, taskId: string): void {
  const path = pathOf(world, taskId);
  mkdirSync(dirname(path), { recursive: true });
  writeFileDurably(path, `${world.clock()}\n`, { isSynced: false });
}

/** The merge of the task came to something: earlier tries count no more. */
export function forgetVainMerges(world: World, taskId: string): void {
  removeFileDurably(pathOf(world, taskId));
}

function pathOf({ runtimeDir }: World, taskId: string): string {
  return join(runtimeDir, "vain-merges", taskId);
}

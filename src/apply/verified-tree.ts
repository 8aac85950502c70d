import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { blobSha, removeFileDurably, writeFileDurably } from "../files/durable.ts";
import type { World } from "./world.ts";

/** What was merged: the tip of a task's branch, accepted at a time (ms since the epoch; null when that is not known). */
type Accepted = { taskId: string; branchSha: string; acceptedAt: number | null };

type Verified = { key: string; tree: string };

/**
 * Notes that `verify` passed on a merged tree: a merge that has to wait after that, as for unsaved changes in a checkout, does
 * not run it at each try. Evidence only; without it the commands run once more.
 */
export function noteVerified(world: World, subject: Accepted, it: { commands: readonly string[]; tree: string }): void {
  const path = pathOf(world, subject.taskId);
  mkdirSync(dirname(path), { recursive: true });
  const note: Verified = { key: keyOf(world, subject, it.commands), tree: it.tree };
  writeFileDurably(path, `${JSON.stringify(note)}\n`, { isSynced: false });
}

/** The merged tree on which these commands passed for this branch, in this stay in `done/`; null when there is none. */
export function readVerified(world: World, subject: Accepted, commands: readonly string[]): string | null {
  const note = readNote(pathOf(world, subject.taskId));
  return note?.key === keyOf(world, subject, commands) ? note.tree : null;
}

/** The merge of the task came to an end. */
export function forgetVerified(world: World, taskId: string): void {
  removeFileDurably(pathOf(world, taskId));
}

function readNote(path: string): Verified | null {
  try {
    const note: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (typeof note !== "object" || note === null) return null;
    const { key, tree } = note as Partial<Verified>;
    return typeof key === "string" && typeof tree === "string" && /^[0-9a-f]{40,64}$/.test(tree) ? { key, tree } : null;
  } catch {
    return null;
  }
}

// Whoever accepts it once more wants to know it anew.
function keyOf(world: World, { branchSha, acceptedAt }: Accepted, commands: readonly string[]): string {
  const { checks, worktree } = world.settings();
  const facts = [branchSha, acceptedAt, commands, worktree.setup, checks.config, checks.tests];
  return blobSha(Buffer.from(JSON.stringify(facts)));
}

function pathOf({ runtimeDir }: World, taskId: string): string {
  return join(runtimeDir, "verified", taskId);
}

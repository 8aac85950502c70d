import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { blobSha, removeFileDurably, writeFileDurably } from "../files/durable.ts";
import { codeOf } from "./convention-folders.ts";
import type { World } from "./world.ts";

/** A try of `verify` that was red. `isFinal`: another try would say the same, or cost too much. */
export type RedRun = {
  runId: string;
  reason: string;
  text: string;
  isFinal: boolean;
  /** The command that made it so; null: none did. */
  command?: string | null;
};

/** What is known of a merged tree: the tries that were red, and whether the one after them passed. */
export type TreeResult = { isGreen: boolean; red: readonly RedRun[] };

/** What was merged, in this order: tips of branches, each accepted at a time (ms since the epoch; null when not known). */
type Accepted = { taskId: string; branchSha: string; acceptedAt: number | null };

type Noted = { key: string } & TreeResult;

/** Of one batch there are no more trees than it needs to find the task that makes it red. */
const KEPT = 64;

/** The name under which results of a tree are kept: the same code, merged of the same, looked at by the same commands. */
export async function treeKey(
  world: World,
  it: { accepted: readonly Accepted[]; sha: string; commands: readonly string[] },
): Promise<string> {
  const { checks, worktree } = world.settings();
  // Whoever accepts it once more wants to know it anew.
  const accepted = it.accepted.map(({ taskId, branchSha, acceptedAt }) => [taskId, branchSha, acceptedAt]);
  const setUp = [worktree.setup, worktree.copy, checks.config, checks.tests];
  return blobSha(Buffer.from(JSON.stringify([accepted, it.commands, setUp, await codeOf(world, it.sha)])));
}

/** What is known of the trees of a batch, by key. `first`: the task it begins with. */
export function readResults(world: World, first: string): ReadonlyMap<string, TreeResult> {
  return new Map(readNotes(pathOf(world, first)).map((it) => [it.key, it]));
}

/**
 * Notes what `verify` came to on a merged tree, so that it is not run again at each try of a merge that has to wait, and so that
 * whoever looks for the task that makes a batch red knows where to go on, whatever was killed meanwhile. Evidence only:
 * without it the commands run once more. `red` null: it passed.
 */
export function noteResult(world: World, first: string, { key, red }: { key: string; red: RedRun | null }): void {
  const path = pathOf(world, first);
  const notes = readNotes(path);
  const before = notes.find((it) => it.key === key) ?? { key, isGreen: false, red: [] };
  // A run that is collected twice says it once.
  const others = before.red.filter(({ runId }) => runId !== red?.runId);
  const note: Noted = { key, isGreen: red === null, red: red === null ? before.red : [...others, red] };
  mkdirSync(dirname(path), { recursive: true });
  const kept = [...notes.filter((it) => it.key !== key), note].slice(-KEPT);
  writeFileDurably(path, `${JSON.stringify(kept)}\n`, { isSynced: false });
}

/** The merge of the task came to an end. */
export function forgetResults(world: World, taskId: string): void {
  removeFileDurably(pathOf(world, taskId));
}

function readNotes(path: string): readonly Noted[] {
  try {
    const notes: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Array.isArray(notes) ? notes.filter(isNote) : [];
  } catch {
    return [];
  }
}

function isNote(value: unknown): value is Noted {
  if (typeof value !== "object" || value === null) return false;
  const { key, isGreen, red } = value as Partial<Noted>;
  return typeof key === "string" && typeof isGreen === "boolean" && Array.isArray(red);
}

function pathOf({ runtimeDir }: World, taskId: string): string {
  return join(runtimeDir, "verified", taskId);
}

import { isSameBesidesOurKeys } from "../board/same-text.ts";
import type { FileDiff } from "../git/branches.ts";
import { lastResetAt } from "../git/head-log.ts";
import { readBlob } from "../git/objects.ts";
import { type HeadFile, listLateBlobs } from "../git/staged.ts";
import type { StashTraces } from "../git/stash-mark.ts";
import { idOfPath } from "./board-file.ts";
import type { World } from "./world.ts";

/** For so long after a reset its traces are looked for, as after a stash. */
const RECENT_MS = 5_000;

export type StagedFacts = {
  /** Everything that is staged and not committed. */
  staged: readonly FileDiff[];
  committed: ReadonlyMap<string, HeadFile>;
  stash: StashTraces;
  /** What was just put in order on disk. */
  written: readonly string[];
};

/**
 * Whether what is staged at a path can only be the daemon's doing, or that of a stash or reset beside it: then it is nobody's
 * wish. Anything that a person may have typed and staged is theirs, wherever the disk is.
 */
export async function isOwnEntry(world: World, it: FileDiff, facts: StagedFacts): Promise<boolean> {
  const { staged, stash, written } = facts;
  // Git keeps a stash that ends with a conflict.
  if (it.status === "U" || written.includes(it.path)) return true;
  const isAfter = stash.isRecent || world.clock() - lastResetAt(world.boardRepo) <= RECENT_MS;
  if (it.status === "D") {
    if (isAfter) return true;
    const moved = staged.find((other) => other.status === "A" && isSameTask(other.path, it.path));
    return moved !== undefined && (await isCommittedText(world, moved, facts));
  }
  if (await isCommittedText(world, it, facts)) return true;
  if (!isAfter) return false;
  return it.path.startsWith("sessions/") || (await listLateBlobs(world.boardRepo)).has(it.newSha);
}

/** Whether it says what is committed of the same task, apart from the daemon's keys. */
async function isCommittedText(
  { boardRepo }: World,
  { path, newSha }: FileDiff,
  { committed }: StagedFacts,
): Promise<boolean> {
  const file = committed.get(path) ?? [...committed].find(([it]) => isSameTask(it, path))?.[1];
  // The same text with another mode is somebody's `chmod`.
  if (file === undefined || (committed.get(path)?.sha ?? null) === newSha) return false;
  if (file.sha === newSha) return true;
  const [text, known] = await Promise.all([readBlob(boardRepo, newSha), readBlob(boardRepo, file.sha)]);
  return text !== null && known !== null && isSameBesidesOurKeys(text.toString("utf8"), known.toString("utf8"));
}

function isSameTask(a: string, b: string): boolean {
  return a.startsWith("board/") && b.startsWith("board/") && idOfPath(a) === idOfPath(b);
}

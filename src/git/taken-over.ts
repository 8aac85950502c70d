import { join } from "node:path";
import { formatOf } from "../files/blob-sha.ts";
import { holdsIndex, type Move, type Plan, type Step } from "./move-plan.ts";
import type { GitPlace } from "./profile.ts";
import { entryId, LINK, walkIndex } from "./read-index.ts";

/**
 * The paths of a move that was cut short of which the index has something else than before it: git says to remove the lock that
 * was left, and whoever does can stage and commit. None where our lock is still there, and where we cannot read the index (of
 * version 4, split, or sparse).
 */
export function findTakenOver(place: GitPlace, move: Move, { to, steps }: Plan): ReadonlySet<string> {
  if (holdsIndex(place, move)) return new Set();
  const format = formatOf(to);
  const open = new Map(steps.map((it) => [it.path, it]));
  const found = new Set<string>();
  const isRead = walkIndex(join(place.gitDir, "index"), format, (entry) => {
    const step = open.get(entry.bytes.toString("utf8", entry.nameAt, entry.nameEnd));
    if (step === undefined) return true;
    open.delete(step.path);
    if (isOther(step, entry.mode === LINK ? null : entryId(entry, format))) found.add(step.path);
    return true;
  });
  if (!isRead) return new Set();
  for (const step of open.values()) if (isOther(step, null)) found.add(step.path);
  return found;
}

/** Whether an entry is not the one that was there; false where nothing tells. */
function isOther({ old, sha, isExtra }: Step, id: string | null): boolean {
  if (sha !== undefined) return id !== sha;
  return old === "" && id !== null && isExtra !== true;
}

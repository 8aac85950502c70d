import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fingerprint } from "./fingerprint-facts.ts";
import { stampOf } from "./head.ts";
import { lastLogged } from "./head-log.ts";
import { isObjectId } from "./objects.ts";
import type { GitPlace } from "./profile.ts";
import { readRef } from "./refs.ts";

/** Between a branch and its log git takes a moment. */
const MOMENT_MS = 60;

/**
 * Whether a branch was written or removed as a file: its log is untouched since the fingerprint and ends where the branch was
 * then, but the branch is elsewhere, or gone. Whatever is set, git adds to a log that is there, and deletes it with its
 * branch. A log that is missing, empty or was rewritten (`git gc`, `git reflog`) proves nothing. Starts no process.
 */
export async function isMovedByHand(place: GitPlace, before: Fingerprint, name: string): Promise<boolean> {
  if (!isElsewhere(place, before, name)) return false;
  await sleep(MOMENT_MS);
  return isElsewhere(place, before, name);
}

// The branch is read first: git writes into the log, or removes it, before it touches the branch.
function isElsewhere(place: GitPlace, { refs, logs }: Fingerprint, name: string): boolean {
  const [old, stamp] = [refs[name], logs?.[name]];
  if (old === undefined || !isObjectId(old) || stamp === undefined) return false;
  const now = readRef(place, name);
  // Where a branch becomes another name of a second one, older gits keep silent.
  if (now !== null && (!("sha" in now) || now.sha === old)) return false;
  return stampOf(join(place.commonDir, "logs", name)) === stamp && lastLogged(place, name) === old;
}

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Fingerprint } from "./fingerprint-facts.ts";
import { stampOf } from "./head.ts";
import { lastLogged } from "./head-log.ts";
import { isObjectId } from "./objects.ts";
import type { GitPlace } from "./profile.ts";
import { readRef } from "./refs.ts";

/** `git branch -D` takes all branches out of `packed-refs`, and only then removes their logs, one by one. */
const QUIET_MS = 1_000;

/**
 * Which of these branches were written or removed as files: their logs are untouched since the fingerprint and end where the
 * branches were then, but those are elsewhere, or gone. Whatever is set, git adds to a log that is there, and deletes it with
 * its branch. A log that is missing, empty or was rewritten (`git gc`, `git reflog`) proves nothing. Takes a while where there
 * are any, since a git may be at work on them. Starts no process.
 */
export async function findMovedByHand(
  place: GitPlace,
  before: Fingerprint,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  let found = names.filter((name) => isElsewhere(place, before, name));
  // As long as there are fewer each time, a git is at work.
  for (let count = Number.POSITIVE_INFINITY; found.length > 0 && found.length < count; ) {
    count = found.length;
    await sleep(QUIET_MS);
    found = found.filter((name) => isElsewhere(place, before, name));
  }
  return new Set(found);
}

// The branch is read first: git writes into the log before it moves the branch.
function isElsewhere(place: GitPlace, { refs, logs }: Fingerprint, name: string): boolean {
  const [old, stamp] = [refs[name], logs?.[name]];
  if (old === undefined || !isObjectId(old) || stamp === undefined) return false;
  const now = readRef(place, name);
  // Where a branch becomes another name of a second one, older gits keep silent.
  if (now !== null && (!("sha" in now) || now.sha === old)) return false;
  return stampOf(join(place.commonDir, "logs", name)) === stamp && lastLogged(place, name) === old;
}

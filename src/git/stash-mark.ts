import { lstatSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GitPlace } from "./profile.ts";

/** A stash that is popped takes files away first and then says so; and clocks of file systems tick every few ms. */
const BEFORE_MS = 2_000;
/** For so long after a stash its traces are looked for. */
const RECENT_MS = 5_000;

/**
 * Whether a file that is missing may have been taken away by `git stash` or `git stash pop`, rather than by a person: the
 * stash changed at about the time when the folder last did, and that was just now. `now`: ms since the epoch.
 */
export function mayBeStashed(place: GitPlace, path: string, now: number): boolean {
  if (!isStashRecent(place, now)) return false;
  let folder = dirname(join(place.top, path));
  while (folder.length > place.top.length && changedAt(folder) === 0) folder = dirname(folder);
  return stashedAt(place) > changedAt(folder) - BEFORE_MS;
}

/** Whether the stash changed a moment ago. */
export function isStashRecent(place: GitPlace, now: number): boolean {
  return now - stashedAt(place) <= RECENT_MS;
}

// The log of the stash grows with each, and goes with the last: then the folder of logs tells. One that was only just made
// tells of the first commit of all.
function stashedAt({ commonDir }: GitPlace): number {
  const logs = join(commonDir, "logs/refs");
  const { mtimeMs = 0, birthtimeMs = 0 } = lstatSync(logs, { throwIfNoEntry: false }) ?? {};
  return Math.max(changedAt(join(logs, "stash")), mtimeMs - birthtimeMs > NEW_MS ? mtimeMs : 0);
}

const NEW_MS = 100;

function changedAt(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

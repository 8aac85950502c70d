import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FileDiff } from "./diff-trees.ts";
import { readBlob } from "./objects.ts";
import { type OnDisk, readOnDisk } from "./on-disk.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";
import { safeEnvironment } from "./safe-config.ts";
import { readTagged, type Tagged } from "./tagged-entries.ts";

/** Which side of a difference a path is at. `torn`: the file is the beginning of the new side, or gone. */
export type Aside = { diff: FileDiff; index: "old" | "new" | "else"; disk: "old" | "new" | "torn" | "else" };

/**
 * Which side of these differences a working tree and its index are at. `isFresh`: git was writing there just now, and the
 * index, which it writes last, tells that it did not come to its end. Code: GIT_FAILED.
 */
export async function readSides(
  repo: Repository,
  place: GitPlace,
  { diffs, isFresh }: { diffs: readonly FileDiff[]; isFresh: boolean },
): Promise<Aside[]> {
  const env = await safeEnvironment(place);
  const entries = await readTagged(place, env);
  const paths = diffs.map(({ path }) => path);
  const onDisk = await readOnDisk(place, { env, format: repo.objectFormat, paths });
  const sides: Aside[] = [];
  for (const diff of diffs) {
    const entry = entries.get(diff.path);
    const now = onDisk.get(diff.path) ?? null;
    const index = indexSide(diff, entry);
    const disk = diskSide(diff, { now, entry, index, isBitKept: repo.isExecutableBitKept });
    const isTorn = isFresh && index === "old" && disk === "else" && (await isBegun(repo, place, diff, now));
    sides.push({ diff, index, disk: isTorn ? "torn" : disk });
  }
  return sides;
}

type Now = { now: OnDisk | null; entry: Tagged | undefined; index: Aside["index"]; isBitKept: boolean };

function indexSide({ oldMode, oldSha, newMode, newSha }: FileDiff, entry: Tagged | undefined): Aside["index"] {
  const is = (mode: string, sha: string): boolean =>
    entry === undefined ? mode === NOTHING : entry.mode === mode && entry.sha === sha;
  if (is(oldMode, oldSha)) return "old";
  return is(newMode, newSha) ? "new" : "else";
}

function diskSide(
  { oldMode, oldSha, newMode, newSha }: FileDiff,
  { now, entry, index, isBitKept }: Now,
): Aside["disk"] {
  // What is left out of the working tree is where the index says it is.
  if (now === null && entry?.isLeftOut === true) return index;
  const isAt = (mode: string, sha: string): boolean => isSide(now, { mode, sha, isBitKept });
  const [isOld, isNew] = [isAt(oldMode, oldSha), isAt(newMode, newSha)];
  // The commit of a submodule is in the index alone.
  if (isOld && isNew) return index;
  return isOld ? "old" : isNew ? "new" : "else";
}

function isSide(
  now: OnDisk | null,
  { mode, sha, isBitKept }: { mode: string; sha: string; isBitKept: boolean },
): boolean {
  if (mode === NOTHING || mode === SUBMODULE) return now === null || now.kind === "folder";
  if (now === null || (now.kind !== "file" && now.kind !== "link") || now.sha !== sha) return false;
  if (now.kind === "link" || mode === LINK) return now.kind === "link" && mode === LINK;
  return !isBitKept || now.isExecutable === (mode === "100755");
}

/** Git takes the old file away, and then writes the new one. */
async function isBegun(repo: Repository, place: GitPlace, diff: FileDiff, now: OnDisk | null): Promise<boolean> {
  if (now === null) return diff.status !== "A";
  if (now.kind !== "file" || diff.newMode === NOTHING) return false;
  const whole = await readBlob(repo, diff.newSha);
  const begun = readFileSync(join(place.top, diff.path));
  return whole !== null && begun.equals(whole.subarray(0, begun.length));
}

const NOTHING = "000000";
const LINK = "120000";
const SUBMODULE = "160000";

import type { FileDiff } from "./diff-trees.ts";
import { type OnDisk, readOnDisk } from "./on-disk.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";
import { safeEnvironment } from "./safe-config.ts";
import { readTagged, type Tagged } from "./tagged-entries.ts";

/** Which side of a difference a path is at. */
export type Aside = { diff: FileDiff; index: "old" | "new" | "else"; disk: "old" | "new" | "else" };

/** Which side of these differences a working tree and its index are at. Code: GIT_FAILED. */
export async function readSides(repo: Repository, place: GitPlace, diffs: readonly FileDiff[]): Promise<Aside[]> {
  const env = await safeEnvironment(place);
  const entries = await readTagged(place, env);
  const paths = diffs.map(({ path }) => path);
  const onDisk = await readOnDisk(place, { env, format: repo.objectFormat, paths });
  return diffs.map((diff) => {
    const entry = entries.get(diff.path);
    const now = onDisk.get(diff.path) ?? null;
    const index = indexSide(diff, entry);
    return { diff, index, disk: diskSide(diff, { now, entry, index, isBitKept: repo.isExecutableBitKept }) };
  });
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

const NOTHING = "000000";
const LINK = "120000";
const SUBMODULE = "160000";

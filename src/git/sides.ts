import type { FileDiff } from "./diff-trees.ts";
import { type OnDisk, readOnDisk } from "./on-disk.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";
import { personsEnvironment } from "./safe-config.ts";
import { readTagged, type Tagged } from "./tagged-entries.ts";

/** Which side of a difference a path is at. `isClean`: the working tree has it as the index has. */
export type Aside = {
  diff: FileDiff;
  index: "old" | "new" | "else";
  disk: "old" | "new" | "else";
  isClean: boolean;
};

/** Which side of these differences a working tree and its index are at. Code: GIT_FAILED. */
export async function readSides(repo: Repository, place: GitPlace, diffs: readonly FileDiff[]): Promise<Aside[]> {
  const env = await personsEnvironment(place);
  const entries = await readTagged(place, env);
  const paths = diffs.map(({ path }) => path);
  const onDisk = await readOnDisk(place, { env, format: repo.objectFormat, paths });
  return diffs.map((diff) => {
    const entry = entries.get(diff.path);
    const now = onDisk.get(diff.path) ?? null;
    const index = indexSide(diff, entry);
    const kept = keptBy(repo);
    const isClean = isSide(now, { mode: entry?.mode ?? NOTHING, sha: entry?.sha ?? "", kept });
    return { diff, index, disk: diskSide(diff, { now, entry, index, kept }), isClean };
  });
}

type Now = { now: OnDisk | null; entry: Tagged | undefined; index: Aside["index"]; kept: Kept };

function indexSide({ oldMode, oldSha, newMode, newSha }: FileDiff, entry: Tagged | undefined): Aside["index"] {
  const is = (mode: string, sha: string): boolean =>
    entry === undefined ? mode === NOTHING : entry.mode === mode && entry.sha === sha;
  if (is(oldMode, oldSha)) return "old";
  return is(newMode, newSha) ? "new" : "else";
}

function diskSide({ oldMode, oldSha, newMode, newSha }: FileDiff, { now, entry, index, kept }: Now): Aside["disk"] {
  // What is left out of the working tree is where the index says it is.
  if (now === null && entry?.isLeftOut === true) return index;
  const isAt = (mode: string, sha: string): boolean => isSide(now, { mode, sha, kept });
  const [isOld, isNew] = [isAt(oldMode, oldSha), isAt(newMode, newSha)];
  // The commit of a submodule is in the index alone.
  if (isOld && isNew) return index;
  return isOld ? "old" : isNew ? "new" : "else";
}

/** What a working tree keeps of a mode: where a link is not, it is a file with the text of it. */
export type Kept = { bit: boolean; link: boolean };

/** What the working trees of a repository keep of modes. */
export function keptBy(repo: Repository): Kept {
  return { bit: repo.isExecutableBitKept, link: repo.areLinksKept };
}

/** Whether what stands at a path is what a commit has there. */
export function isSide(now: OnDisk | null, { mode, sha, kept }: { mode: string; sha: string; kept: Kept }): boolean {
  if (mode === NOTHING || mode === SUBMODULE) return now === null || now.kind === "folder";
  if (now === null || (now.kind !== "file" && now.kind !== "link") || now.sha !== sha) return false;
  if (mode === LINK) return now.kind === "link" || !kept.link;
  return now.kind === "file" && (!kept.bit || now.isExecutable === (mode === "100755"));
}

const NOTHING = "000000";
const LINK = "120000";
const SUBMODULE = "160000";

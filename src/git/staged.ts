import { diffFiles, type FileDiff, parseRawDiff } from "./branches.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";
import { gitWithInput } from "./run.ts";

/** What the index has of a path in the middle of a merge: the blob of each side, null where it has none. */
export type Stages = { ours: string | null; theirs: string | null };

const LITERAL = { env: { GIT_LITERAL_PATHSPECS: "1" } };

/** What is staged below these folders: old is HEAD, new is the index; status `U` for a path with a conflict. */
export async function readStaged(place: GitPlace, folders: readonly string[]): Promise<FileDiff[]> {
  const args = ["diff-index", "--cached", "--raw", "-z", "--no-abbrev", "--no-renames", "HEAD", "--", ...folders];
  return parseRawDiff((await gitWithInput(place, args, "", LITERAL)).stdout);
}

/** The sides of every conflict below these folders, by path. */
export async function readStages(place: GitPlace, folders: readonly string[]): Promise<ReadonlyMap<string, Stages>> {
  const { stdout } = await gitWithInput(place, ["ls-files", "-u", "-z", "--", ...folders], "", LITERAL);
  const stages = new Map<string, Stages>();
  for (const line of stdout.split("\0")) {
    const [, sha = "", stage = "", path = ""] = /^\d+ ([0-9a-f]+) (\d)\t([^]*)$/.exec(line) ?? [];
    if (path === "") continue;
    const known = stages.get(path) ?? { ours: null, theirs: null };
    stages.set(path, {
      ours: stage === "2" ? sha : known.ours,
      theirs: stage === "3" ? sha : known.theirs,
    });
  }
  return stages;
}

export type HeadFile = { mode: string; sha: string };

/** Every regular file below these folders in HEAD, by path. */
export async function listHeadFiles(
  place: GitPlace,
  folders: readonly string[],
): Promise<ReadonlyMap<string, HeadFile>> {
  const { stdout } = await gitWithInput(place, ["ls-tree", "-r", "-z", "HEAD", "--", ...folders], "", LITERAL);
  const files = new Map<string, HeadFile>();
  for (const line of stdout.split("\0")) {
    const [, mode = "", sha = "", path = ""] = /^(100\d+) blob ([0-9a-f]+)\t([^]*)$/.exec(line) ?? [];
    if (path !== "") files.set(path, { mode, sha });
  }
  return files;
}

const LATEST = "10";

/** The ids of all contents that the latest commits added, changed or removed. */
export async function listLateBlobs(repo: Repository): Promise<ReadonlySet<string>> {
  const { stdout } = await gitWithInput(repo, ["rev-list", "--first-parent", "--parents", "-n", LATEST, "HEAD"], "");
  const blobs = new Set<string>();
  for (const line of stdout.trim().split("\n")) {
    const [sha = "", parent] = line.split(" ");
    const diffs = parent === undefined ? [] : await diffFiles(repo, parent, sha);
    for (const { oldSha, newSha } of diffs) blobs.add(oldSha).add(newSha);
  }
  return blobs;
}

/** Regular files below these folders that the latest commits removed, at `since` (ms since the epoch) or later, by path. */
export async function listRemovedSince(
  repo: Repository,
  folders: readonly string[],
  since: number,
): Promise<ReadonlyMap<string, HeadFile>> {
  const args = ["rev-list", "--first-parent", "--timestamp", "--parents", "-n", LATEST, "HEAD"];
  const { stdout } = await gitWithInput(repo, args, "");
  const removed = new Map<string, HeadFile>();
  for (const line of stdout.trim().split("\n")) {
    const [seconds = "", sha = "", parent] = line.split(" ");
    if (parent === undefined || Number(seconds) * 1000 < since) continue;
    for (const { path, status, oldMode, oldSha } of await diffFiles(repo, parent, sha)) {
      const isBelow = folders.some((it) => path.startsWith(`${it}/`));
      // The newest commit comes first, and what it removed is the newest text.
      const isNew = status === "D" && isBelow && oldMode.startsWith("100") && !removed.has(path);
      if (isNew) removed.set(path, { mode: oldMode, sha: oldSha });
    }
  }
  return removed;
}

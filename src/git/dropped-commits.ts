import { checkRevision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";

/** `landedTip`: of a merge that brought a task in, the tip of its branch as the message says; null: it is none. */
export type DroppedCommit = { sha: string; email: string; subject: string; landedTip: string | null };

/**
 * What `start` has, and `base` lacks under any id: commits by their change, outside of these folders; merges that name what they
 * brought in by `Merged:`. The newest first. Two processes. Code: GIT_FAILED.
 */
export async function droppedCommits(
  repo: Repository,
  { base, start, folders }: { base: string; start: string; folders: readonly string[] },
): Promise<DroppedCommit[]> {
  const format = "--format=%x01%H%x00%ce%x00%s%x00%(trailers:key=Merged,valueonly)";
  const range = `${checkRevision(base)}...${checkRevision(start)}`;
  const paths = ["--", ".", ...folders.map((it) => `:(top,exclude,literal)${it}`)];
  const plain = [
    "log",
    "-z",
    "--no-merges",
    "--right-only",
    "--cherry-pick",
    "--full-history",
    format,
    range,
    ...paths,
  ];
  const merges = [
    "log",
    "-z",
    "--merges",
    "--grep=^Merged: ",
    format,
    checkRevision(start),
    "--not",
    checkRevision(base),
    "--",
  ];
  const texts = [await git(repo, plain), await git(repo, merges)];
  return texts.flatMap((text) => text.split("\x01")).flatMap((it) => (it === "" ? [] : [parse(it)]));
}

function parse(text: string): DroppedCommit {
  const [sha = "", email = "", subject = "", merged = ""] = text.split("\0");
  return { sha, email, subject, landedTip: merged.trim() === "" ? null : merged.trim() };
}

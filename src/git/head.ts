import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./profile.ts";
import { readRef, refSha } from "./refs.ts";

export type Head = {
  /** The branch that is checked out; null when HEAD is detached. */
  ref: string | null;
  /** Null on a branch without a commit. */
  sha: string | null;
  /** rebase, merge, cherry-pick, revert, bisect, or am; null when nothing is half-finished. */
  operation: string | null;
  isIndexLocked: boolean;
  /** Differs whenever anybody wrote the index. */
  indexStamp: string;
};

/** What is checked out and whether somebody is in the middle of something. Reads files, starts no process. */
export async function readHead(repo: GitPlace): Promise<Head> {
  return readHeadNow(repo);
}

/** The id that a ref stands for; null when there is none. Reads files, starts no process. */
export async function resolveRef(repo: GitPlace, ref: string): Promise<string | null> {
  return refSha(repo, ref);
}

/** What is checked out in a place at this instant, and whether git is in the middle of something there. Reads files only. */
export function readHeadNow(place: GitPlace): Head {
  const value = readRef(place, "HEAD");
  const ref = value !== null && "target" in value ? value.target : null;
  return {
    ref,
    sha: refSha(place, "HEAD"),
    operation: operationOf(place.gitDir),
    isIndexLocked: existsSync(join(place.gitDir, "index.lock")),
    indexStamp: stampOf(join(place.gitDir, "index")),
  };
}

// In the order in which they explain each other: a rebase leaves a CHERRY_PICK_HEAD at a conflict.
const OPERATIONS: readonly (readonly [file: string, operation: string])[] = [
  ["rebase-merge", "rebase"],
  ["rebase-apply/applying", "am"],
  ["rebase-apply", "rebase"],
  ["MERGE_HEAD", "merge"],
  ["CHERRY_PICK_HEAD", "cherry-pick"],
  ["REVERT_HEAD", "revert"],
  ["sequencer", "cherry-pick"],
  ["BISECT_LOG", "bisect"],
];

function operationOf(gitDir: string): string | null {
  return OPERATIONS.find(([file]) => existsSync(join(gitDir, file)))?.[1] ?? null;
}

/** Changes whenever the file is replaced or written; empty when it is not there. */
export function stampOf(path: string): string {
  try {
    const stat = lstatSync(path, { bigint: true });
    return `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
  } catch (error) {
    // Gone, or a file stands where one of its folders was.
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return "";
    throw error;
  }
}

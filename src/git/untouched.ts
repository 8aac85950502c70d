import { lstatSync, statSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./profile.ts";
import { LEFT_OUT, walkIndex } from "./read-index.ts";
import type { Repository } from "./repository.ts";

const MOST_FILES = 1000;
const SECOND_NS = 1_000_000_000n;

/**
 * Whether every file of a working tree is the one that its index was written for, by inode, size and times. False as well
 * where that cannot be told: a file as young as the index, another make of index, or so many files that git is faster.
 */
export function isUntouched(repo: Repository, place: GitPlace): boolean {
  const index = join(place.gitDir, "index");
  const writtenNs = statSync(index, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0n;
  let left = MOST_FILES;
  return walkIndex(index, repo.objectFormat, ({ bytes, at, nameAt, nameEnd, more }) => {
    if ((more & LEFT_OUT) !== 0) return true;
    if (left-- === 0) return false;
    const stat = statOf(join(place.top, bytes.toString("utf8", nameAt, nameEnd)));
    if (stat === undefined) return false;
    const timeAt = (offset: number): bigint =>
      BigInt(bytes.readUInt32BE(at + offset)) * SECOND_NS + BigInt(bytes.readUInt32BE(at + offset + 4));
    const mtimeNs = timeAt(8);
    return (
      mtimeNs === stat.mtimeNs &&
      timeAt(0) === stat.ctimeNs &&
      BigInt.asUintN(32, stat.ino) === BigInt(bytes.readUInt32BE(at + 20)) &&
      BigInt.asUintN(32, stat.size) === BigInt(bytes.readUInt32BE(at + 36)) &&
      mtimeNs < writtenNs
    );
  });
}

function statOf(path: string) {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    // A file stands where the path has a folder.
    return undefined;
  }
}

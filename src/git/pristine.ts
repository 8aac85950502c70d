import { type BigIntStats, existsSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { GitPlace } from "./profile.ts";
import { LEFT_OUT, LINK, PLAIN_FLAGS, type RawEntry, walkIndex } from "./read-index.ts";
import type { Repository } from "./repository.ts";
import { readExcluded } from "./sparse.ts";

/**
 * Whether a small working tree holds the files of its index as they were written, and no other: by inode, size and times of
 * each, and by the names in its folders. `ignored`: folders that ignore themselves whole. Null where that cannot be told so
 * simply, or is not so: then git has to look. What the index says is trusted, so the caller must know who wrote it.
 */
export function readPristine(repo: Repository, place: GitPlace): { ignored: string[] } | null {
  const excluded = readExcluded(place);
  if (excluded.some((it) => existsSync(join(place.top, it)))) return null;
  const index = join(place.gitDir, "index");
  const writtenNs = statSync(index, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? 0n;
  const files = new Set<string>();
  const folders = new Set<string>([""]);
  const isWhole = walkIndex(index, repo.objectFormat, (entry) => {
    const path = entry.bytes.toString("utf8", entry.nameAt, entry.nameEnd);
    if (entry.more === LEFT_OUT) return excluded.some((it) => path.startsWith(`${it}/`));
    const isPlain = (entry.flags & ~PLAIN_FLAGS) === 0 && entry.more === 0 && entry.mode !== LINK;
    if (!isPlain || files.size === MOST_FILES || !isAsWritten(place, path, entry, writtenNs)) return false;
    files.add(path);
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) folders.add(path.slice(0, at));
    return true;
  });
  const ignored: string[] = [];
  return isWhole && hasNoOthers(place.top, "", { files, folders }, ignored) ? { ignored } : null;
}

// With more files git is faster, and in nobody's way.
const MOST_FILES = 1000;
const SECOND_NS = 1_000_000_000n;

/** Whether a file is as git wrote it when it made this entry. One as young as the index may have been written after it. */
export function isAsWritten(place: GitPlace, path: string, { bytes, at }: RawEntry, writtenNs: bigint): boolean {
  const stat = statOf(join(place.top, path));
  if (stat === null) return false;
  const word = (offset: number): bigint => BigInt(bytes.readUInt32BE(at + offset));
  const time = (offset: number): bigint => word(offset) * SECOND_NS + word(offset + 4);
  const isSame = time(0) === stat.ctimeNs && time(8) === stat.mtimeNs && stat.mtimeNs < writtenNs;
  return isSame && word(20) === BigInt.asUintN(32, stat.ino) && word(36) === BigInt.asUintN(32, stat.size);
}

type Known = { files: ReadonlySet<string>; folders: ReadonlySet<string> };

function hasNoOthers(top: string, folder: string, known: Known, ignored: string[]): boolean {
  return readdirSync(join(top, folder), { withFileTypes: true }).every((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (path === ".git") return true;
    if (!entry.isDirectory()) return known.files.has(path);
    if (known.folders.has(path)) return hasNoOthers(top, path, known, ignored);
    if (!ignoresItself(join(top, path))) return false;
    ignored.push(path);
    return true;
  });
}

function ignoresItself(folder: string): boolean {
  const rules = join(folder, ".gitignore");
  if (statOf(rules)?.isFile() !== true || statOf(join(folder, ".git")) !== null) return false;
  return readFileSync(rules, "latin1") === "*\n";
}

function statOf(path: string): BigIntStats | null {
  try {
    return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    // A file stands where the path has a folder.
    return null;
  }
}

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ObjectFormat } from "./repository.ts";

/** What an index holds besides plain entries: what an agent may have done to make git look away. */
export type IndexFacts = {
  /** Entries that git is told to take for unchanged. */
  hidden: readonly string[];
  /** Entries that stand for a repository of their own. */
  links: readonly string[];
  /** The top folders that have entries. */
  folders: ReadonlySet<string>;
  /** The top folders, or files at the top, with an entry that is not wanted in the working tree. */
  leftOut: ReadonlySet<string>;
  /** Nothing is unmerged or merely announced. */
  isSettled: boolean;
};

/**
 * Reads an index file as git does, where a process would cost ten times as much. Null for one that is missing, empty, torn, or
 * of a make that is not read here (version 4, split, sparse): then git has to be asked.
 */
export function readIndex(path: string, format: ObjectFormat): IndexFacts | null {
  const found: Found = { hidden: [], links: [], folders: new Set(), leftOut: new Set(), isSettled: true };
  let folder = "";
  const isRead = walkIndex(path, format, (entry) => {
    const { bytes, nameAt, flags, more } = entry;
    const isLink = entry.mode === LINK;
    // Entries are sorted: most are plain, or left out, and in the folder of the one before.
    const isSameFolder = folder !== "" && bytes.toString("latin1", nameAt, nameAt + folder.length) === folder;
    const isPlain = (flags & ~PLAIN_FLAGS) === 0 && (more === 0 || more === LEFT_OUT) && !isLink;
    const isKnown = isSameFolder && isPlain && (more === 0 || found.leftOut.has(folder.slice(0, -1)));
    if (!isKnown) folder = note(found, bytes.toString("utf8", nameAt, entry.nameEnd), { flags, more, isLink });
    return true;
  });
  return isRead ? found : null;
}

/** One entry, where it stands in the file: `at` is its stat data. */
export type RawEntry = {
  bytes: Buffer;
  at: number;
  nameAt: number;
  nameEnd: number;
  mode: number;
  flags: number;
  more: number;
};

/** Shows every entry of an index until `see` answers false; true when all were seen and the file is one that is read here. */
export function walkIndex(path: string, format: ObjectFormat, see: (entry: RawEntry) => boolean): boolean {
  const bytes = readBytes(path);
  const idLength = format === "sha1" ? 20 : 32;
  if (bytes === null || bytes.length < HEADER + idLength || bytes.toString("latin1", 0, 4) !== "DIRC") return false;
  const end = bytes.length - idLength;
  const sum = createHash(format).update(bytes.subarray(0, end)).digest();
  const version = bytes.readUInt32BE(4);
  if ((version !== 2 && version !== 3) || !sum.equals(bytes.subarray(end))) return false;
  const after = walkEntries(bytes, end, idLength, see);
  return after !== null && areKnown(bytes, after, end);
}

/** The id of the entry's blob. */
export function entryId({ bytes, at }: RawEntry, format: ObjectFormat): string {
  return bytes.toString("hex", at + STAT_BYTES, at + STAT_BYTES + (format === "sha1" ? 20 : 32));
}

type Found = {
  hidden: string[];
  links: string[];
  folders: Set<string>;
  leftOut: Set<string>;
  isSettled: boolean;
};

const HEADER = 12;
// Times, device, inode, mode, owner and size stand before the id; the flags stand behind it.
const STAT_BYTES = 40;
const MODE_AT = 24;
/** The mode of an entry that stands for a repository of its own. */
export const LINK = 0o160000;

/** Where the entries end; null when there are none, when one was enough, or when they end elsewhere than they should. */
function walkEntries(bytes: Buffer, end: number, idLength: number, see: (entry: RawEntry) => boolean): number | null {
  const count = bytes.readUInt32BE(8);
  let at = HEADER;
  for (let index = 0; index < count; index++) {
    const flagsAt = at + STAT_BYTES + idLength;
    if (flagsAt + 4 > end) return null;
    const flags = bytes.readUInt16BE(flagsAt);
    const isExtended = (flags & EXTENDED) !== 0;
    const more = isExtended ? bytes.readUInt16BE(flagsAt + 2) : 0;
    const nameAt = flagsAt + (isExtended ? 4 : 2);
    const nameEnd = bytes.indexOf(0, nameAt);
    if (nameEnd <= nameAt || nameEnd >= end) return null;
    if (!see({ bytes, at, nameAt, nameEnd, mode: bytes.readUInt32BE(at + MODE_AT), flags, more })) return null;
    // One to eight zeros, up to the next multiple of eight.
    at += (nameEnd - at + 8) & ~7;
  }
  return count === 0 ? null : at;
}

const LENGTH = 0x0fff;
const UNCHANGED = 0x8000;
const EXTENDED = 0x4000;
/** Flags that say nothing but how long the entry is. */
export const PLAIN_FLAGS = LENGTH | EXTENDED;
/** The second word of flags of an entry that is not wanted in the working tree. */
export const LEFT_OUT = 0x4000;

/** Answers the entry's top folder with its slash; empty when it has none, or one of letters that need another look. */
function note(
  found: Found,
  path: string,
  { flags, more, isLink }: { flags: number; more: number; isLink: boolean },
): string {
  const slash = path.indexOf("/");
  const top = slash < 0 ? path : path.slice(0, slash);
  if (slash >= 0) found.folders.add(top);
  if ((flags & UNCHANGED) !== 0) found.hidden.push(path);
  if (isLink) found.links.push(path);
  if ((more & LEFT_OUT) !== 0) found.leftOut.add(top);
  if ((flags & ~(PLAIN_FLAGS | UNCHANGED)) !== 0 || (more & ~LEFT_OUT) !== 0) found.isSettled = false;
  return slash >= 0 && /^[\x20-\x7e]+$/.test(top) ? `${top}/` : "";
}

// What a file may hold besides its entries without changing what they mean.
const EXTENSIONS = new Set(["TREE", "REUC", "UNTR", "EOIE", "IEOT"]);

function areKnown(bytes: Buffer, from: number, end: number): boolean {
  let at = from;
  while (at + 8 <= end) {
    if (!EXTENSIONS.has(bytes.toString("latin1", at, at + 4))) return false;
    at += 8 + bytes.readUInt32BE(at + 4);
  }
  return at === end;
}

function readBytes(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

import { lstatSync, readdirSync, type Stats } from "node:fs";
import type { FileDiff } from "./diff-trees.ts";
import type { GitPlace } from "./profile.ts";
import { git } from "./run.ts";

/** A path that a working tree is not moved for. `shown`: as git writes it, with its odd bytes escaped. */
export type Unfit = { path: string; shown: string; why: string };

/** Whether a path came out of git as it is there; what is no UTF-8 is read as U+FFFD, and is then no name of any file. */
export function isReadable(path: string): boolean {
  return !path.includes(UNKNOWN);
}

const UNKNOWN = "\ufffd";

/**
 * The paths that differ between two commits and that we cannot look at on disk, nor put back after a kill: those that are not
 * UTF-8, new ones that no file can have, and those that another one has which goes, but for capitals. Code: GIT_FAILED.
 */
export async function findUnfit(
  place: GitPlace & { isCaseIgnored: boolean },
  { from, to }: { from: string; to: string },
  diffs: readonly FileDiff[],
): Promise<Unfit[]> {
  const long = diffs.filter(({ path, status }) => status !== "D" && path.split("/").some(isTooLong));
  const found = long.map(({ path }) => ({ path, shown: path, why: "has a name that is too long for a file" }));
  if (place.isCaseIgnored) found.push(...findOtherCase(diffs));
  if (diffs.every(({ path }) => isReadable(path))) return found;
  const unreadable = await listUnreadable(place, from, to);
  const why = "has a name that is not UTF-8";
  return [...found, ...unreadable.map(({ bytes, shown }) => ({ path: textOf(bytes), shown, why }))];
}

/** On such a disk the old file is found at the new path, and taking it away takes away both. */
function findOtherCase(diffs: readonly FileDiff[]): Unfit[] {
  const leaving = new Map(diffs.flatMap(({ path, status }) => (status === "D" ? [[folded(path), path]] : [])));
  return diffs.flatMap(({ path, status }) => {
    const old = status === "A" ? leaving.get(folded(path)) : undefined;
    return old === undefined ? [] : [{ path, shown: path, why: `is ${old} but for capitals, one file on this disk` }];
  });
}

/** The same for names that are one file, or one ref, where capitals do not count. */
export function folded(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** Why a branch does not move. */
export function describeUnfit(found: readonly Unfit[], top: string): string {
  const [first] = found;
  const others = found.length > 1 ? `, and ${found.length - 1} more are such` : "";
  return `${first?.shown ?? ""} ${first?.why ?? ""}${others}, and kanband moves none where the base is checked out: check out another branch in ${top}, or merge by hand`;
}

/**
 * The new paths which are not UTF-8 and where something stands that `git read-tree` would write over without a word, since git
 * ignores it. Code: GIT_FAILED.
 */
export async function findUnreadableInTheWay(place: GitPlace, from: string, to: string): Promise<string[]> {
  const all = await listUnreadable(place, from, to);
  const leaving = new Set(all.filter(({ status }) => status === "D").map(({ bytes }) => bytes));
  return all
    .filter(({ status, bytes }) => status === "A" && isInTheWay(place.top, bytes, leaving))
    .map(({ shown }) => shown);
}

/** `bytes`: one a character. */
type Raw = { status: string; bytes: string; shown: string };

async function listUnreadable(place: GitPlace, from: string, to: string): Promise<Raw[]> {
  const args = ["diff-tree", "-r", "--name-status", "--no-renames", "--no-ext-diff", from, to];
  const lines = (await git(place, args, { config: ["core.quotePath=true"] })).split("\n");
  return lines.flatMap((line) => {
    const [status = "", shown = ""] = line.split("\t");
    const bytes = unquote(shown);
    return isReadable(textOf(bytes)) ? [] : [{ status, bytes, shown }];
  });
}

// Only octal escapes matter: a path without any is UTF-8.
function unquote(shown: string): string {
  if (!shown.startsWith('"')) return shown;
  return shown.slice(1, -1).replace(/\\(?:([0-7]{3})|(.))/g, (_, octal: string | undefined, one: string) => {
    return octal === undefined ? (LETTERS[one] ?? one) : String.fromCharCode(Number.parseInt(octal, 8));
  });
}

const LETTERS: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function bytesOf(path: string): Buffer {
  return Buffer.from(path, "latin1");
}

function textOf(bytes: string): string {
  return bytesOf(bytes).toString("utf8");
}

// Of file systems for Linux and macOS.
const NAME_BYTES = 255;

function isTooLong(name: string): boolean {
  return Buffer.byteLength(name) > NAME_BYTES;
}

function isInTheWay(top: string, path: string, leaving: ReadonlySet<string>): boolean {
  const root = Buffer.from(`${top}/`).toString("latin1");
  const parts = path.split("/");
  for (let count = 1; count < parts.length; count++) {
    const above = parts.slice(0, count).join("/");
    const stat = statOf(root + above);
    if (stat === null) return false;
    if (!stat.isDirectory()) return !leaving.has(above);
  }
  return !holdsOnly(root, path, leaving);
}

/** Whether nothing stands at a path but what leaves. */
function holdsOnly(root: string, path: string, leaving: ReadonlySet<string>): boolean {
  const stat = statOf(root + path);
  if (stat === null || leaving.has(path)) return true;
  if (!stat.isDirectory()) return false;
  const names = readdirSync(bytesOf(root + path), { encoding: "buffer" });
  return names.every((name) => holdsOnly(root, `${path}/${name.toString("latin1")}`, leaving));
}

function statOf(path: string): Stats | null {
  return lstatSync(bytesOf(path), { throwIfNoEntry: false }) ?? null;
}

import type { Conflict } from "./conflicts.ts";
import type { ConflictedMerge } from "./merge.ts";
import { findPath, readBlob } from "./objects.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";

/** Lines of one side: the number of the first, and what they say; none: `first` is the line before the gap. */
export type HunkSide = { first: number; lines: readonly string[] };

/** Lines that both sides changed. */
export type ConflictHunk = { ours: HunkSide; theirs: HunkSide };

/** What the markers of a merge stand around; null: git set none at this path. Code: GIT_FAILED. */
export async function readHunks(
  repo: Repository,
  merge: Pick<ConflictedMerge, "marked" | "ours" | "theirs">,
  { ours, theirs, path }: Pick<Conflict, "ours" | "theirs" | "path">,
): Promise<ConflictHunk[] | null> {
  if (ours === null || theirs === null) return null;
  for (const it of new Set([path, ours.path, theirs.path])) {
    const entry = await findPath(repo, merge.marked, it);
    const bytes = entry?.type === "blob" ? await readBlob(repo, entry.sha) : null;
    if (entry === null || bytes === null || !hasMarkers(bytes, merge)) continue;
    const found = parseHunks(bytes.toString("utf8"), merge);
    const ourLine = await lineFinder(repo, ours.sha, entry.sha);
    const theirLine = await lineFinder(repo, theirs.sha, entry.sha);
    return found.map((hunk) => ({
      ours: { first: ourLine(hunk.at + 1, hunk.ours.length), lines: hunk.ours },
      theirs: { first: theirLine(hunk.at + hunk.ours.length + 2, hunk.theirs.length), lines: hunk.theirs },
    }));
  }
  return null;
}

/** Whether git set conflict markers of these two commits into a text. */
export function hasMarkers(bytes: Buffer | null, labels: { ours: string; theirs: string }): boolean {
  return bytes !== null && !bytes.includes(0) && parseHunks(bytes.toString("utf8"), labels).length > 0;
}

/** `at`: the line of `<<<<<<<` in the marked text, counted from 1. */
type MarkedHunk = { at: number; ours: string[]; theirs: string[] };

function parseHunks(text: string, labels: { ours: string; theirs: string }): MarkedHunk[] {
  const hunks: MarkedHunk[] = [];
  let open: { hunk: MarkedHunk; side: "ours" | "theirs" } | null = null;
  for (const [index, line] of text.split("\n").entries()) {
    if (open === null) {
      const isStart = line.startsWith(`<<<<<<< ${labels.ours}`);
      if (isStart) open = { hunk: { at: index + 1, ours: [], theirs: [] }, side: "ours" };
    } else if (open.side === "ours" && /^={7}\r?$/.test(line)) open.side = "theirs";
    else if (open.side === "theirs" && line.startsWith(`>>>>>>> ${labels.theirs}`)) {
      hunks.push(open.hunk);
      open = null;
    } else open.hunk[open.side].push(line);
  }
  return hunks;
}

type LineFinder = (line: number, count: number) => number;

/** Which line of a side's own version a line of the marked text is: what git merged in above it has moved its lines. */
async function lineFinder(repo: Repository, own: string, marked: string): Promise<LineFinder> {
  const args = ["diff", "-U0", "--no-color", "--no-ext-diff", "--no-textconv", own, marked, "--"];
  const heads = [...(await git(repo, args)).matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)].map((it) => {
    const [, oldAt, oldCount = "1", newAt, newCount = "1"] = it;
    // Of a part without lines git names the line before it.
    const oldEnd = Number(oldAt) + Math.max(Number(oldCount), 1);
    const newEnd = Number(newAt) + Math.max(Number(newCount), 1);
    return { newAt: newCount === "0" ? newEnd : Number(newAt), newEnd, shift: oldEnd - newEnd };
  });
  return (line, count) => {
    const before = heads.findLast(({ newAt }) => newAt <= line);
    if (before === undefined) return line;
    // In the midst of what is not in its version: the gap is after the line before.
    const here = Math.max(line, before.newEnd) + before.shift;
    return Math.max(1, count === 0 ? here - 1 : here);
  };
}

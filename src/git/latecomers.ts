import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { blobSha, removeFileDurably, writeFileDurably } from "../files/durable.ts";
import type { AdvanceNote } from "./advance-note.ts";
import { diffFiles, isCommitHere } from "./branches.ts";
import { follow } from "./catch-up.ts";
import { statOf } from "./move-plan.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";
import { type IndexLock, isAtWork, placesNow } from "./switches.ts";
import { namesIn, shortName } from "./worktree-admin.ts";

/**
 * Somebody who was at work in a place when a branch moved, for longer than anybody waits, as with large files or filters: when
 * they are done they may have come to the branch with the files of `from`.
 */
type Latecomer = IndexLock & Pick<AdvanceNote, "ref" | "from" | "to">;

/**
 * Writes down who is still at work after a move of a branch. Where that is known of an earlier move, it stays so.
 * Code: WRITE_FAILED.
 */
export function noteLatecomers(
  place: GitPlace,
  { ref, from, to }: Latecomer | AdvanceNote,
  locks: readonly IndexLock[],
): void {
  for (const it of locks) {
    const path = pathOf(place, { ref, lock: it.lock });
    if (existsSync(path)) continue;
    mkdirSync(folderOf(place), { recursive: true });
    writeFileDurably(path, JSON.stringify({ ...it, ref, from, to } satisfies Latecomer));
  }
}

/** The locks of those who are known to come to a branch late. */
export function latecomersOf(place: GitPlace, ref: string): ReadonlySet<string> {
  return new Set(listLatecomers(place).flatMap((it) => (it.ref === ref ? [it.lock] : [])));
}

/**
 * Takes along who is done by now and came to its branch with the old files, and waits for nobody. Answers whether it is worth to
 * look again soon: somebody is at work, and has not been for ever. Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function followLatecomers(repo: Repository): Promise<boolean> {
  let isAwaited = false;
  const failures: unknown[] = [];
  for (const it of listLatecomers(repo)) {
    try {
      const path = pathOf(repo, it);
      const state = await stateOf(repo, it);
      if (state === "done") removeFileDurably(path);
      if (state === "at-work" && Date.now() - Number(statOf(path)?.mtimeMs ?? 0n) < HUNG_MS) isAwaited = true;
    } catch (error) {
      // The others are nobody's prisoners.
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return isAwaited;
}

// Its lock may have been left by a git that was killed.
const HUNG_MS = 3_600_000;

async function stateOf(repo: Repository, it: Latecomer): Promise<"at-work" | "held-up" | "done"> {
  const placeNow = () => placesNow(repo).find(({ gitDir }) => gitDir === it.gitDir);
  const before = placeNow();
  if (before === undefined) return "done";
  if (isAtWork(before, before.branch !== shortName(it.ref))) return "at-work";
  // Looked at once more: they may have come to their end in between.
  const place = placeNow();
  if (place?.branch !== shortName(it.ref)) return "done";
  if (!(await isCommitHere(repo, it.from)) || !(await isCommitHere(repo, it.to))) return "done";
  const isDone = await follow(repo, place, { note: it, diffs: await diffFiles(repo, it.from, it.to) });
  return isDone ? "done" : "held-up";
}

function listLatecomers(place: GitPlace): Latecomer[] {
  return namesIn(folderOf(place)).flatMap((name) => parse(join(folderOf(place), name)) ?? []);
}

function parse(path: string): Latecomer | null {
  try {
    const it = JSON.parse(readFileSync(path, "utf8")) as Latecomer;
    const texts: unknown[] = [it.gitDir, it.lock, it.ref, it.from, it.to];
    return texts.every((text) => typeof text === "string") ? it : null;
  } catch {
    return null;
  }
}

function folderOf({ commonDir }: GitPlace): string {
  return join(commonDir, "kanband", "latecomers");
}

function pathOf(place: GitPlace, { ref, lock }: { ref: string; lock: string }): string {
  return join(folderOf(place), `${blobSha(Buffer.from(`${ref}\0${lock}`))}.json`);
}

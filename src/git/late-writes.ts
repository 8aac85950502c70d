import { createHash } from "node:crypto";
import { copyFileSync, createReadStream, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { KanbandError } from "../errors.ts";
import { formatOf } from "../files/blob-sha.ts";
import { hasCode, nonce, orWriteFailed } from "../files/place.ts";
import { inodeOf, openForWriting } from "../process/open-files.ts";
import {
  changeOf,
  dropMove,
  holdsIndex,
  listMoves,
  type Move,
  readAsides,
  readPlan,
  type Step,
  seeSide,
  statOf,
} from "./move-plan.ts";
import { createLook } from "./on-disk.ts";
import { put } from "./place-files.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";
import { listCheckouts } from "./worktree-admin.ts";

/**
 * A person's text that went into a file after a merge had set it aside. `keptAt`: where it is now; null: in its place.
 * `failure`: why it is still where it was.
 */
export type LateWrite = { path: string; keptAt: string | null; failure?: unknown };

/**
 * Looks what was written into files that moves of a branch have set aside: whoever had one open wrote on into it. It goes to
 * its place again if the file there is as it was put, and is kept where nothing is removed otherwise. What nobody touched for
 * a while, and nobody has open for writing any more, goes away. `isLast`: nobody looks any more for now, so that what was
 * written so far goes back without that while.
 */
export async function recoverLateWrites(
  repo: Repository,
  { isLast = false }: { isLast?: boolean } = {},
): Promise<LateWrite[]> {
  const places = new Map(listCheckouts(repo).map((it) => [it.gitDir, it]));
  const late: LateWrite[] = [];
  let known: ReadonlySet<string> | null = null;
  // All processes are looked at, so at most once.
  const opened = (): ReadonlySet<string> => (known ??= openForWriting((path) => ASIDE.test(path)));
  for (const place of places.values())
    for (const move of listMoves(place)) late.push(...(await settle(place, move, { isLast, opened })));
  return late;
}

/** The folders in which somebody may still be writing into old files of a move that is over. */
export function watchedFolders(repo: Repository): string[] {
  const moves = listCheckouts(repo).flatMap(listMoves);
  const over = moves.filter(({ index }) => !existsSync(index));
  return [...new Set(over.map(({ folder }) => realpathSync(folder)))];
}

/** How long an editor may take between opening a file and writing it, and far more than a move takes that lives. */
export const WATCH_MS = 5000;
const LONG_DEAD_MS = 24 * 3_600_000;
const ASIDE = /\/[0-9a-f]{16}\/old\/\d+$/;

type How = { isLast: boolean; opened: () => ReadonlySet<string> };

async function settle(place: GitPlace, move: Move, { isLast, opened }: How): Promise<LateWrite[]> {
  // It may be under way in another process, or is put back with what it was for.
  if (existsSync(move.index) || holdsIndex(place, move)) return [];
  const plan = readPlan(move);
  const began = statOf(plan === null ? move.folder : join(move.folder, "plan.json"))?.mtimeMs ?? 0n;
  const isOver = Date.now() - Number(began) >= (plan === null ? LONG_DEAD_MS : WATCH_MS);
  if (!isOver && !isLast) return [];
  const noted = readAsides(move);
  const late: LateWrite[] = [];
  let isAnyOpen = false;
  for (const [index, step] of (plan?.steps ?? []).entries()) {
    const aside = join(move.folder, "old", String(index));
    try {
      // Before the look: what is written by one who has closed it is seen by that.
      const stat = statOf(aside);
      const isOpen = isOver && stat?.isFile() === true && opened().has(inodeOf(stat));
      const isUntouched = await isAsBefore(aside, step, noted[index]);
      if (isUntouched && isOpen) isAnyOpen = true;
      if (isUntouched && isOver && !isOpen) rmSync(aside, { force: true });
      if (!isUntouched)
        late.push({ path: step.path, keptAt: orWriteFailed(aside, () => giveBack(place, step, aside)) });
    } catch (failure) {
      // Another process may look at the same time, and has done it. What one waits for is nothing that others should wait for.
      if (statOf(aside) !== null || !isGone(failure)) late.push({ path: step.path, keptAt: null, failure });
    }
  }
  if (isOver && !isAnyOpen && late.every(({ failure }) => failure === undefined)) dropMove(place, move);
  return late;
}

function isGone(error: unknown): boolean {
  return hasCode(error, "ENOENT") || (error instanceof KanbandError && hasCode(error.cause, "ENOENT"));
}

/**
 * Whether nobody wrote into a file since it was looked at: git has what is in it. Where git has it otherwise, as with other line
 * ends, that is told from its times, `noted` when it was set aside.
 */
async function isAsBefore(aside: string, { old, sha }: Step, noted: string | undefined): Promise<boolean> {
  const stat = statOf(aside);
  const side = seeSide(aside);
  if (stat === null || sha === undefined || !stat.isFile()) return ["", old].includes(side);
  const isWhatGitHas = (await blobShaOfFile(aside, stat.size, formatOf(sha))) === sha;
  return (isWhatGitHas || (side === old && changeOf(stat) === noted)) && changeOf(statOf(aside)) === changeOf(stat);
}

async function blobShaOfFile(path: string, size: bigint, format: "sha1" | "sha256"): Promise<string> {
  const hash = createHash(format).update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

function giveBack(place: GitPlace, { path, now }: Step, aside: string): string | null {
  const target = join(place.top, path);
  const isBehindLink = createLook(place.top).above(path) !== null;
  const names = statOf(aside)?.nlink ?? 0n;
  // Who was killed right after it had got its place.
  const isBack = names > 1n && seeSide(target) === seeSide(aside);
  if (isBack) rmSync(aside);
  // With a further name it may have been written by that one, as a backup that shares its files: it was not meant for here.
  if (isBack || (!isBehindLink && names === 1n && now.startsWith("file:") && swap(target, now, aside))) return null;
  const folder = join(place.commonDir, "kanband/kept");
  const kept = join(folder, `${nonce()}-${endOf(basename(path))}`);
  mkdirSync(folder, { recursive: true });
  if (names > 1n) copyAway(aside, kept);
  else moveAway(aside, kept);
  return kept;
}

function moveAway(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    // Linked worktrees may be on another file system.
    if (!hasCode(error, "EXDEV")) throw error;
    copyAway(from, to);
  }
}

function copyAway(from: string, to: string): void {
  copyFileSync(from, to);
  rmSync(from);
}

// What file systems take, without what stands before it.
const NAME_BYTES = 255 - 17;

/** As much of the end of a name as fits. */
function endOf(name: string): string {
  const letters = Array.from(name);
  while (Buffer.byteLength(letters.join("")) > NAME_BYTES) letters.shift();
  return letters.join("");
}

/** Puts the aside one in the place of ours, which git has; false: the place is somebody's by now. */
function swap(target: string, now: string, aside: string): boolean {
  const ours = `${aside}.ours`;
  // Who was killed in the midst of this has left the place empty.
  const isHalf = existsSync(ours) && seeSide(target) === "";
  if (!isHalf && seeSide(target) !== now) return false;
  if (!isHalf) renameSync(target, ours);
  const isOurs = seeSide(ours) === now;
  try {
    put(isOurs ? aside : ours, target);
    return isOurs;
  } catch (error) {
    if (error instanceof KanbandError && error.code === "FILE_EXISTS") return false;
    throw error;
  }
}

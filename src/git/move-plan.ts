import {
  type BigIntStats,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KanbandError } from "../errors.ts";
import { writeFileDurably } from "../files/durable.ts";
import { linkOrRename, nonce, orWriteFailed } from "../files/place.ts";
import { waitForIndex } from "./index-entries.ts";
import { orNothing } from "./on-disk.ts";
import { isLongOver, removeOwner, stateOfOwner, writeOwner } from "./owner.ts";
import type { GitPlace } from "./profile.ts";
import { readText } from "./refs.ts";
import { namesIn } from "./worktree-admin.ts";

/**
 * What a path is to be taken from and put at, each as `seeSide` tells it. `isExtra`: git wants it in the working tree without
 * being asked, so nothing is wrong where it is there. Of an old file `changed` is its ctime, which no tool puts back, and `sha`
 * what the index has of it.
 */
export type Step = { path: string; old: string; now: string; isExtra?: boolean; changed?: string; sha?: string };

/** What stood at paths: as `seeSide` tells it, and the ctime. */
export type Seen = ReadonlyMap<string, { side: string; changed: string }>;

/** A move of the files of one working tree: where it goes to, and its steps in order. */
export type Plan = { to: string; steps: readonly Step[] };

/**
 * One move: its folder, with the new files in `new`, by path, and the old ones in `old`, by number of step; and the index to
 * come. While that one is there the move is not over; afterwards the old files are only watched for late writes.
 */
export type Move = { name: string; folder: string; index: string };

/** What stands at a path, so that anybody's change of it shows: empty where nothing does, or a file is above it. */
export function seeSide(path: string): string {
  return sideOf(path, statOf(path));
}

/**
 * What stands at these paths. A file that was written a moment ago is waited for: another write in the same tick of the clock
 * would not show. One that is written all the time is not waited for any longer: it is no file as the branch has it.
 */
export async function seeSides(top: string, paths: readonly string[]): Promise<Seen> {
  for (let tries = 0; ; tries++) {
    const stats = paths.map((path) => [path, statOf(join(top, path))] as const);
    const now = Date.now();
    const isStill = stats.every(([, it]) => it === null || Math.abs(now - Number(it.mtimeMs)) > TICK_MS);
    if (isStill || tries >= MOST_TICKS)
      return new Map(stats.map(([path, it]) => [path, { side: sideOf(join(top, path), it), changed: changeOf(it) }]));
    await sleep(TICK_MS);
  }
}

// The clock of file systems goes in steps of up to 10 ms.
const TICK_MS = 20;
// A file that is written all the time, such as a log, is never still.
const MOST_TICKS = 25;

/** Begins a move; its folder is on the file system of the working tree, so that files can go in and out by name. */
export function beginMove(place: GitPlace): Move {
  const [own = ""] = foldersOf(place);
  const isNear = statOf(place.gitDir)?.dev === statOf(place.top)?.dev;
  const home = isNear ? own : besideOf(place);
  mkdirSync(own, { recursive: true });
  if (!isNear) {
    mkdirSync(home, { recursive: true });
    writeFileDurably(join(home, ".gitignore"), "*\n", { isSynced: false });
  }
  const move = moveOf(place, home, nonce());
  writeOwner(ownerOf(move));
  atWork.add(move.name);
  mkdirSync(join(move.folder, "new"), { recursive: true });
  mkdirSync(join(move.folder, "old"));
  return move;
}

// What this process has begun and not ended.
const atWork = new Set<string>();

/**
 * Whether somebody who lives is about it: us, or another process. What was only being prepared may be that of another host; with a
 * plan it would be over by now, and so it would where the index has long been held for it.
 */
export function isUnderWay(move: Move): boolean {
  const state = stateOfOwner(ownerOf(move));
  if (state === "us") return atWork.has(move.name);
  return state === "alive" || (state === "unseen" && readPlan(move) === null && !isLongOver(tokenOf(move)));
}

/** Nobody is about it any more: whoever settles moves may settle it. */
export function leaveMove(move: Move): void {
  atWork.delete(move.name);
  removeOwner(ownerOf(move));
}

/** All moves in a working tree that are under way, were cut short, or are watched. */
export function listMoves(place: GitPlace): Move[] {
  return foldersOf(place).flatMap((home) => {
    return namesIn(home).flatMap((name) => (/^[0-9a-f]{16}$/.test(name) ? [moveOf(place, home, name)] : []));
  });
}

/** Must be written before the first file goes. Code: WRITE_FAILED. */
export function writePlan({ folder }: Move, plan: Plan): void {
  writeFileDurably(join(folder, "plan.json"), JSON.stringify(plan));
}

/** Null: no file has gone yet. */
export function readPlan({ folder }: Move): Plan | null {
  return readJson(join(folder, "plan.json")) as Plan | null;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

/**
 * Holds the index for a move, as git would, until `endMove`. The lock says whose it is, so that it is known for ours after a
 * kill. Code: GIT_LOCKED.
 */
export async function lockIndex(place: GitPlace, move: Move, patienceMs: number): Promise<void> {
  const token = tokenOf(move);
  orWriteFailed(token, () => writeFileSync(token, move.name));
  for (const deadline = Date.now() + patienceMs; ; ) {
    await waitForIndex(place, deadline);
    try {
      return orWriteFailed(token, () => linkOrRename(token, lockOf(place)));
    } catch (error) {
      if (!(error instanceof KanbandError && error.code === "FILE_EXISTS")) throw error;
    }
  }
}

/** Keeps the ctimes that old files have since they were set aside, by number of step. */
export function noteAsides({ folder }: Move, changes: ReadonlyMap<number, string>): void {
  writeFileDurably(join(folder, "asides.json"), JSON.stringify(Object.fromEntries(changes)), { isSynced: false });
}

/** Empty where that was not reached. */
export function readAsides({ folder }: Move): Readonly<Record<string, string>> {
  return (readJson(join(folder, "asides.json")) ?? {}) as Record<string, string>;
}

/** Whether the move of one who was killed holds the index of a place: it lets go as soon as its branch is held. */
export function isHeldByMove(place: GitPlace): boolean {
  return existsSync(lockOf(place)) && listMoves(place).some((it) => holdsIndex(place, it) && !isUnderWay(it));
}

/** A move is over: lets the index go. What it has set aside stays a while, for who had it open may still write into it. */
export function endMove(place: GitPlace, move: Move): void {
  // Once this one is gone nothing is put back any more.
  rmSync(move.index, { force: true });
  releaseIndex(place, move);
  leaveMove(move);
  if (namesIn(join(move.folder, "old")).length === 0) dropMove(place, move);
}

/** Whether the index is locked for this move, so that nobody has written it since. */
export function holdsIndex(place: GitPlace, move: Move): boolean {
  if (readText(lockOf(place)) === move.name) return true;
  // A power cut leaves the lock, and our name for the same file, without the text.
  const [lock, token] = [statOf(lockOf(place)), statOf(tokenOf(move))];
  return lock !== null && lock.ino === token?.ino && lock.dev === token.dev;
}

/** Lets the index go, if this move holds it. */
export function releaseIndex(place: GitPlace, move: Move): void {
  if (holdsIndex(place, move)) rmSync(lockOf(place), { force: true });
  rmSync(tokenOf(move), { force: true });
}

/** Removes all that is left of a move. */
export function dropMove(place: GitPlace, move: Move): void {
  for (const path of [move.index, `${move.index}.lock`, tokenOf(move)]) rmSync(path, { force: true });
  rmSync(move.folder, { recursive: true, force: true });
  leaveMove(move);
  const beside = besideOf(place);
  const names = namesIn(beside);
  if (names.length === 1 && names[0] === ".gitignore") rmSync(beside, { recursive: true, force: true });
}

function lockOf({ gitDir }: GitPlace): string {
  return join(gitDir, "index.lock");
}

function tokenOf({ index }: Move): string {
  return `${index}.ours`;
}

function ownerOf({ index }: Move): string {
  return `${index}.owner`;
}

function moveOf(place: GitPlace, home: string, name: string): Move {
  return { name, folder: join(home, name), index: join(place.gitDir, "kanband/moves", `${name}.index`) };
}

function foldersOf(place: GitPlace): string[] {
  return [join(place.gitDir, "kanband/moves"), besideOf(place)];
}

/** Where the git directory is on another file system. It ignores itself. */
function besideOf({ top }: GitPlace): string {
  return join(top, ".kanband-moves");
}

/** When a file was changed last, whatever its mtime was set to; empty where nothing is. */
export function changeOf(stat: BigIntStats | null): string {
  return `${stat?.ctimeNs ?? ""}`;
}

function sideOf(path: string, stat: BigIntStats | null): string {
  if (stat === null) return "";
  if (stat.isDirectory()) return "folder";
  if (stat.isSymbolicLink()) return `link:${readlinkSync(path, { encoding: "buffer" }).toString("base64")}`;
  const what = stat.isFile() ? "file" : "other";
  return `${what}:${stat.ino}:${stat.size}:${stat.mtimeNs}:${stat.mode & 0o111n}`;
}

/** What stands at a path, a link itself; null where nothing does, or can: a file or a link to itself is above it. */
export function statOf(path: string): BigIntStats | null {
  return orNothing(() => lstatSync(path, { bigint: true, throwIfNoEntry: false }));
}

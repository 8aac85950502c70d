import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { blobSha, writeFileDurably } from "../files/durable.ts";
import { readHeadNow, stampOf } from "../git/head.ts";
import { findPath } from "../git/objects.ts";
import { isBoardHere, readRegularFile } from "./board-file.ts";
import type { World } from "./world.ts";

type Kept = { text: string; stamp: string };

// A cache: what a session file says of a run that is over is committed a moment later; after that git has it.
const KEPT = new WeakMap<object, Map<string, Kept>>();

// A cache, too: the ids of what this process wrote. Of what one before it wrote git knows the claims.
const WRITTEN = new WeakMap<object, Set<string>>();

/** Whether this process wrote these bytes there. */
export function wasWrittenHere({ boardRepo }: World, path: string, bytes: Buffer): boolean {
  return WRITTEN.get(boardRepo)?.has(`${blobSha(bytes, boardRepo.objectFormat)} ${path}`) === true;
}

/** Keeps what was just written into a session file, until it is committed; null: it begins anew, and grows by itself. */
export function rememberSession(world: World, path: string, text: string | null): void {
  if (text === null) {
    keptOf(world).delete(path);
    return;
  }
  keptOf(world).set(path, { text, stamp: stampOf(join(world.boardRoot, path)) });
  const written = WRITTEN.get(world.boardRepo) ?? new Set<string>();
  WRITTEN.set(world.boardRepo, written.add(`${blobSha(Buffer.from(text), world.boardRepo.objectFormat)} ${path}`));
}

/** These are committed (path to blob id). */
export function forgetSessions(world: World, blobs: ReadonlyMap<string, string | null>): void {
  const kept = keptOf(world);
  for (const [path, sha] of blobs) {
    const it = kept.get(path);
    if (it !== undefined && blobSha(Buffer.from(it.text), world.boardRepo.objectFormat) === sha) kept.delete(path);
  }
}

/**
 * Writes session files again that a `git stash` or `git reset --hard` took back to what is committed before ours was: only
 * the daemon writes there, and without them a run that is over would seem never to have been. Answers their paths.
 */
export async function putSessionsBack(world: World): Promise<string[]> {
  const back: string[] = [];
  const { indexStamp } = readHeadNow(world.boardRepo);
  const kept = keptOf(world);
  for (const [path, it] of kept) {
    const { text, stamp } = it;
    const full = join(world.boardRoot, path);
    if (stampOf(full) === stamp || !(await isTakenBack(world, path, text))) continue;
    // A checkout that began meanwhile would find a file in its way.
    if (!isBoardHere(world, indexStamp)) break;
    if (kept.get(path) !== it) continue;
    mkdirSync(dirname(full), { recursive: true });
    writeFileDurably(full, text);
    rememberSession(world, path, text);
    back.push(path);
  }
  return back;
}

async function isTakenBack({ boardRoot, boardRepo }: World, path: string, text: string): Promise<boolean> {
  const { sha } = readHeadNow(boardRepo);
  if (sha === null) return false;
  const now = readRegularFile(join(boardRoot, path));
  const committed = (await findPath(boardRepo, sha, path))?.sha ?? null;
  const format = boardRepo.objectFormat;
  return (now === null ? null : blobSha(now, format)) === committed && committed !== blobSha(Buffer.from(text), format);
}

function keptOf({ boardRepo }: World): Map<string, Kept> {
  const known = KEPT.get(boardRepo) ?? new Map<string, Kept>();
  KEPT.set(boardRepo, known);
  return known;
}

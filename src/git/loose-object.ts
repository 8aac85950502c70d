import { createHash, randomBytes } from "node:crypto";
import { closeSync, fsync, lstatSync, mkdirSync, openSync, renameSync, rmSync, utimesSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflateSync } from "node:zlib";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { hasCode } from "../files/place.ts";
import type { Repository } from "./repository.ts";

export type NewObject = { type: "blob" | "tree" | "commit"; bytes: Buffer; sha: string };

/** An object and the id git gives to it; nothing is written yet. */
export function makeObject(repo: Repository, type: NewObject["type"], bytes: Buffer): NewObject {
  const sha = createHash(repo.objectFormat).update(`${type} ${bytes.length}\0`).update(bytes).digest("hex");
  return { type, bytes, sha };
}

/**
 * Writes objects as git's own loose files, each synced before it gets its name. All of them wait for the disk together,
 * where a process an object would cost one wait each; only that wait is not synchronous, since the rest is a matter of
 * microseconds that a thread pool would make tenfold. Code: WRITE_FAILED.
 */
export async function writeObjects(repo: Repository, objects: readonly NewObject[]): Promise<void> {
  const fresh = objects.filter((it) => !freshen(pathOf(repo, it)));
  for (let at = 0; at < fresh.length; at += MOST_OPEN) await writeBatch(repo, fresh.slice(at, at + MOST_OPEN));
}

const MOST_OPEN = 64;
const sync = promisify(fsync);

type Opened = { path: string; temp: string; descriptor: number };

async function writeBatch(repo: Repository, objects: readonly NewObject[]): Promise<void> {
  const opened: Opened[] = [];
  const closed = new Set<number>();
  try {
    for (const object of objects) opened.push(openTemp(pathOf(repo, object), object));
    await Promise.all(opened.map((it) => sync(it.descriptor)));
    failpoint("git.object.after-write");
    for (const { path, temp, descriptor } of opened) {
      closeSync(descriptor);
      closed.add(descriptor);
      renameSync(temp, path);
      failpoint("git.object.after-rename");
    }
  } catch (cause) {
    for (const { temp, descriptor } of opened) {
      if (!closed.has(descriptor)) closeSync(descriptor);
      rmSync(temp, { force: true });
    }
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KanbandError("WRITE_FAILED", `Cannot write objects below ${repo.commonDir}: ${why}`, { cause });
  }
}

function openTemp(path: string, object: NewObject): Opened {
  failpoint("git.object.before-write");
  const folder = join(path, "..");
  // The name that git's own clean-up removes, should we die here.
  const temp = join(folder, `tmp_obj_${randomBytes(6).toString("hex")}`);
  const descriptor = openNew(temp, folder);
  try {
    const packed = pack(object);
    for (let done = 0; done < packed.length; ) done += writeSync(descriptor, packed, done);
    return { path, temp, descriptor };
  } catch (error) {
    closeSync(descriptor);
    rmSync(temp, { force: true });
    throw error;
  }
}

function openNew(path: string, folder: string): number {
  try {
    return openSync(path, "wx", 0o444);
  } catch (error) {
    if (!hasCode(error, "ENOENT")) throw error;
    mkdirSync(folder, { recursive: true });
    return openSync(path, "wx", 0o444);
  }
}

// The folder of a lane with thousands of tasks is mostly ids, which do not shrink: squeezing it would take longer than all
// the rest of the commit. Git's own packing gives the space back.
const LARGE_BYTES = 64 * 1024;

function pack({ type, bytes }: NewObject): Buffer {
  const whole = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
  const level = type === "tree" && bytes.length > LARGE_BYTES ? 0 : 1;
  return deflateSync(whole, { level, chunkSize: Math.max(1024, whole.length + 1024) });
}

// Git does the same with an object it meets again: its age keeps the clean-up of unreachable objects away.
function freshen(path: string): boolean {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return false;
  try {
    const now = Date.now() / 1000;
    utimesSync(path, now, now);
    return true;
  } catch {
    return false;
  }
}

function pathOf(repo: Repository, { sha }: NewObject): string {
  return join(repo.commonDir, "objects", sha.slice(0, 2), sha.slice(2));
}

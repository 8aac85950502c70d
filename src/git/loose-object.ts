import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { deflate } from "node:zlib";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import type { Repository } from "./repository.ts";

export type NewObject = { type: "blob" | "tree" | "commit"; bytes: Buffer; sha: string };

/** An object and the id git gives to it; nothing is written yet. */
export function makeObject(repo: Repository, type: NewObject["type"], bytes: Buffer): NewObject {
  const sha = createHash(repo.objectFormat).update(`${type} ${bytes.length}\0`).update(bytes).digest("hex");
  return { type, bytes, sha };
}

/**
 * Writes objects as git's own loose files, each synced before it gets its name, several at once: that costs one wait for
 * the disk where a process an object would cost one each. Code: WRITE_FAILED.
 */
export async function writeObjects(repo: Repository, objects: readonly NewObject[]): Promise<void> {
  const waiting = [...objects];
  async function work(): Promise<void> {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await writeObject(repo, next);
  }
  await Promise.all(Array.from({ length: Math.min(PARALLEL, objects.length) }, work));
}

const PARALLEL = 8;
const zip = promisify(deflate);

async function writeObject(repo: Repository, object: NewObject): Promise<void> {
  const folder = join(repo.commonDir, "objects", object.sha.slice(0, 2));
  const path = join(folder, object.sha.slice(2));
  // Git does the same with an object it meets again: its age keeps the clean-up of unreachable objects away.
  if (await freshen(path)) return;
  // The name that git's own clean-up removes, should we die here.
  const temp = join(folder, `tmp_obj_${randomBytes(6).toString("hex")}`);
  try {
    failpoint("git.object.before-write");
    const packed = await zip(Buffer.concat([Buffer.from(`${object.type} ${object.bytes.length}\0`), object.bytes]), {
      level: 1,
    });
    await writeSynced(folder, temp, packed);
    failpoint("git.object.after-write");
    await rename(temp, path);
    failpoint("git.object.after-rename");
  } catch (cause) {
    await rm(temp, { force: true });
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new KanbandError("WRITE_FAILED", `Cannot write the object ${path}: ${why}`, { cause });
  }
}

async function freshen(path: string): Promise<boolean> {
  const now = new Date();
  return await utimes(path, now, now).then(
    () => true,
    () => false,
  );
}

async function writeSynced(folder: string, path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, "wx", 0o444).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
    await mkdir(folder, { recursive: true });
    return await open(path, "wx", 0o444);
  });
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

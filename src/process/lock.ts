import { createHash, randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { hasCode, tempPathFor } from "../files/place.ts";
import type { Identity } from "./identity.ts";
import { isAlive, ownIdentity } from "./identity.ts";

/** Who holds a lock, and what the holder says of itself. */
export type Lock = { identity: Identity; info: unknown };

const HANDOVER_TRIES = 200;
const HANDOVER_PAUSE_MS = 5;

/**
 * Takes a lock for this process; `info` is any JSON that readers may want. A lock whose holder is gone is taken over.
 * Throws DAEMON_RUNNING, naming the pid, while the holder lives, or when it is on another host and cannot be seen.
 */
export function acquireLock(path: string, info: unknown = null): { release(): void } {
  mkdirSync(dirname(path), { recursive: true });
  const own = JSON.stringify({ identity: ownIdentity(), nonce: randomBytes(8).toString("hex"), info });
  for (let tries = 0; ; tries++) {
    failpoint("process.lock.before-take");
    if (putWhole(path, own, linkSync)) break;
    const seen = readText(path);
    if (seen === null) continue;
    const holder = parseLock(seen);
    if (holder !== null && isAlive(holder.identity)) throw running(path, holder.identity);
    if (takeOver(path, seen, own)) break;
    if (tries >= HANDOVER_TRIES) throw new KanbandError("DAEMON_RUNNING", `another process is taking ${path} over`);
    sleepSync(HANDOVER_PAUSE_MS);
  }
  failpoint("process.lock.after-take");
  return { release: () => releaseIfOwn(path, own) };
}

/** Who holds the lock, alive or not; null when nobody does, or when the file is not a lock. */
export function readLock(path: string): Lock | null {
  const text = readText(path);
  return text === null ? null : parseLock(text);
}

/**
 * Replaces a dead holder's lock. Only the holder of the lock that is named for exactly these contents may do so, and these
 * contents never come again: so of many who saw the same dead holder one replaces it, and the others find somebody new there.
 * That second lock may itself be left by a crash; it is taken over in the same way. False: somebody else is at it, look again.
 */
function takeOver(path: string, seen: string, own: string): boolean {
  const rightPath = `${path}.${createHash("sha256").update(seen).digest("hex").slice(0, 16)}`;
  let right: { release(): void };
  try {
    right = acquireLock(rightPath);
  } catch (error) {
    if (error instanceof KanbandError && error.code === "DAEMON_RUNNING") return false;
    throw error;
  }
  try {
    return readText(path) === seen && putWhole(path, own, renameSync);
  } finally {
    right.release();
  }
}

/** Puts the lock file there with all its contents at once; false when the place is taken. */
function putWhole(path: string, text: string, put: (temp: string, path: string) => void): boolean {
  const temp = tempPathFor(path);
  writeFileSync(temp, text);
  try {
    put(temp, path);
    return true;
  } catch (error) {
    // Gone: somebody who has just started swept it for a leftover.
    if (hasCode(error, "EEXIST", "ENOENT")) return false;
    throw error;
  } finally {
    rmSync(temp, { force: true });
  }
}

function releaseIfOwn(path: string, own: string): void {
  if (readText(path) === own) rmSync(path, { force: true });
}

function running(path: string, { pid, host }: Identity): KanbandError {
  return new KanbandError("DAEMON_RUNNING", `process ${pid} on ${host} holds ${path}`);
}

function parseLock(text: string): Lock | null {
  try {
    const { identity, info } = JSON.parse(text) as Partial<Lock>;
    const isWhole =
      typeof identity?.pid === "number" &&
      [identity.startTime, identity.bootId, identity.host].every((it) => typeof it === "string");
    return isWhole ? { identity, info } : null;
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}

function sleepSync(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

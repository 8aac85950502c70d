import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KanbandError } from "../errors.ts";
import type { FileDiff } from "./diff-trees.ts";
import type { GitPlace } from "./profile.ts";
import { lockNamedIn } from "./ref-update.ts";
import { gitWithInput } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";

/** Mode `0` removes the entry; git wants the id of something there all the same. */
export type IndexEntry = { path: string; mode: string; sha: string };

/** The entry that one side of a difference has in an index. */
export function entryOf({ path, oldMode, newMode, oldSha, newSha }: FileDiff, side: "old" | "new"): IndexEntry {
  const [mode, sha, other] = side === "old" ? [oldMode, oldSha, newSha] : [newMode, newSha, oldSha];
  return mode === NOTHING ? { path, mode: "0", sha: other } : { path, mode, sha };
}

const NOTHING = "000000";

/**
 * What `update-index --index-info` is told. A folder in the place of a file, or the reverse: the one goes before the other
 * comes.
 */
export function indexInfo(entries: readonly IndexEntry[]): string {
  const [going, coming] = [entries.filter(({ mode }) => mode === "0"), entries.filter(({ mode }) => mode !== "0")];
  return [...going, ...coming].map(({ path, mode, sha }) => `${mode} ${sha}\t${path}\0`).join("");
}

/**
 * Sets these entries of the index and no others: what somebody staged elsewhere stays. Waits while another git process
 * holds the index; answers whether it had to. Code: GIT_LOCKED naming the lock file, once `patienceMs` is over.
 */
export async function setIndexEntries(
  place: GitPlace,
  entries: readonly IndexEntry[],
  patienceMs: number,
): Promise<{ hasWaited: boolean }> {
  const deadline = Date.now() + patienceMs;
  let hasWaited = false;
  const input = indexInfo(entries);
  for (;;) {
    hasWaited = (await waitForIndex(place, deadline)) || hasWaited;
    const args = ["update-index", "-z", "--index-info"];
    // Writing an index makes git look into files that are as young as it, through their filters.
    const env = await safeEnvironment(place);
    const { exitCode, stderr } = await gitWithInput(place, args, input, { env, ok: [1, 128] });
    if (exitCode === 0) return { hasWaited };
    const lock = lockNamedIn(stderr);
    if (lock === null) throw new KanbandError("GIT_FAILED", `git update-index failed: ${stderr.trim()}`);
    if (Date.now() > deadline) throw lockedBy(lock);
    hasWaited = true;
    await pause();
  }
}

/** Waits until nobody holds the index; answers whether somebody did. Code: GIT_LOCKED. */
export async function waitForIndex(place: GitPlace, deadline: number): Promise<boolean> {
  const lock = join(place.gitDir, "index.lock");
  let hasWaited = false;
  while (existsSync(lock)) {
    if (Date.now() > deadline) throw lockedBy(lock);
    hasWaited = true;
    await pause();
  }
  return hasWaited;
}

function lockedBy(lock: string): KanbandError {
  return new KanbandError("GIT_LOCKED", `${lock} is held by another git process`);
}

// Uneven, so that two who wait for each other do not meet again.
async function pause(): Promise<void> {
  await sleep(5 + Math.random() * 25);
}

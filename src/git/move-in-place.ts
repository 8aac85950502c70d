import { join } from "node:path";
import { KanbandError } from "../errors.ts";
import type { FileDiff } from "./diff-trees.ts";
import { findInTheWay } from "./in-the-way.ts";
import { entryOf, setIndexEntries } from "./index-entries.ts";
import { type Seen, seeSide } from "./move-plan.ts";
import { createLook } from "./on-disk.ts";
import type { GitPlace } from "./profile.ts";
import { gitWithInput } from "./run.ts";
import { personsEnvironment } from "./safe-config.ts";
import { findUnreadableInTheWay, isReadable } from "./unfit-names.ts";
import { INDEX_PATIENCE_MS } from "./while-free.ts";

/** What a move of a working tree is to do; `moveFiles` says it. */
export type Wanted = {
  /** The tree or commit that index and files are at, as far as `diffs` goes. */
  start: string;
  to: string;
  /** What differs between the two. */
  diffs: readonly FileDiff[];
  /** What stood at these paths before it was found that nothing is in the way. */
  seen: Seen;
  /** Of these the working tree has the new side, and `start`, too, but the index has not. */
  unstaged?: readonly FileDiff[];
};

// Large files take their time, and nobody is in the way of anybody meanwhile.
const LONG_MS = 3_600_000;

/**
 * Has git move a working tree and its index in their places, where files cannot be exchanged by name. Answers what is in the way:
 * then nothing has moved. Codes: GIT_LOCKED, GIT_FAILED.
 */
export async function moveInPlace(place: GitPlace, wanted: Wanted): Promise<string[]> {
  // What git ignores it writes over without being asked.
  const lost = await findLosses(place, wanted);
  if (lost.length > 0) return lost;
  // What was put back has other times since, and git moves what it takes for clean by these.
  const env = await personsEnvironment(place);
  await gitWithInput(place, ["update-index", "-q", "--refresh"], "", { env, ok: [1, 128] });
  const refused = await refusedBy(() => readTree(place, wanted, {})).catch(async (error: unknown) => {
    await putMissing(place, wanted, env).catch(() => undefined);
    throw error;
  });
  // Not before: git goes by the two trees there, and where it refuses nobody's own is to be staged.
  const entries = refused.length > 0 ? [] : (wanted.unstaged ?? []).map((it) => entryOf(it, "new"));
  if (entries.length > 0) await setIndexEntries(place, entries, INDEX_PATIENCE_MS);
  return refused;
}

/** Git takes each old file away before it writes the new one, and where it cannot, as on a full mount, neither is there. */
async function putMissing(
  place: GitPlace,
  { diffs, seen }: Wanted,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const missing = diffs.filter(({ path, status }) => {
    return status !== "A" && seen.get(path)?.side.startsWith("file:") === true && seeSide(join(place.top, path)) === "";
  });
  // The index is as it was: git writes it last. Nothing is written over.
  const names = missing.map(({ path }) => `${path}\0`).join("");
  if (names !== "") await gitWithInput(place, ["checkout-index", "-q", "-z", "--stdin"], names, { env });
}

/** What has changed since it was seen, and what stands where something new comes. */
async function findLosses(place: GitPlace, { start, to, diffs, seen }: Wanted): Promise<string[]> {
  const known = diffs.filter(({ path }) => isReadable(path));
  const changed = known.filter(({ path }) => {
    const [then, now] = [seen.get(path)?.side ?? "", seeSide(join(place.top, path))];
    // An empty folder is in nobody's way.
    return now !== then && (now !== "" || then !== "folder");
  });
  const unreadable = known.length === diffs.length ? [] : await findUnreadableInTheWay(place, start, to);
  const inTheWay = [...findInTheWay(place.top, createLook(place.top), known), ...unreadable];
  return [...new Set([...changed.map(({ path }) => path), ...inTheWay])].sort();
}

/** Has git write what one tree or commit differs in from another. Code: GIT_FAILED. */
export async function readTree(
  place: GitPlace,
  { start, to }: Wanted,
  more: Readonly<Record<string, string>>,
): Promise<void> {
  const env = { ...(await personsEnvironment(place)), ...more };
  await gitWithInput(place, ["read-tree", "-m", "-u", start, to], "", { env, timeoutMs: LONG_MS });
}

/** The files that git names when it refuses. Code: GIT_FAILED, where it names none. */
export async function refusedBy(run: () => Promise<void>): Promise<string[]> {
  try {
    await run();
    return [];
  } catch (error) {
    const message = error instanceof KanbandError && error.code === "GIT_FAILED" ? error.message : "";
    const named = message.matchAll(/^.*(?:Entry|file|Updating) '(.+)' (?:not uptodate|would (?:be|lose)).*$/gm);
    const files = [...new Set([...named].map(([, path = ""]) => path))].sort();
    if (files.length === 0) throw error;
    return files;
  }
}

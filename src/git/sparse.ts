import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { KanbandError } from "../errors.ts";
import { writeFileDurably } from "../files/durable.ts";
import type { GitPlace } from "./profile.ts";
import { readText } from "./refs.ts";

// A worktree that a power cut left half-made is repaired or made anew.
const UNSYNCED = { isSynced: false };

/**
 * Settings of our own calls on a worktree that leaves out some folders. They stand on the command line only: written into
 * the repository's configuration they would change the user's own working tree. An ordinary git goes by the
 * skip-worktree bits that these calls leave in the index.
 */
export const SPARSE: readonly string[] = [
  "core.sparseCheckout=true",
  "core.sparseCheckoutCone=false",
  "index.sparse=false",
  "core.ignoreStat=false",
  "core.trustctime=true",
  "core.checkStat=default",
];

/** Writes which top-level folders a worktree leaves out. */
export function writeSparsePatterns(place: GitPlace, exclude: readonly string[]): void {
  const path = join(place.gitDir, "info/sparse-checkout");
  if (exclude.length === 0) return rmSync(path, { force: true });
  const text = ["/*", ...exclude.map((it) => `!/${checkFolder(it)}/`), ""].join("\n");
  if (readText(path) === text) return;
  mkdirSync(join(place.gitDir, "info"), { recursive: true });
  writeFileDurably(path, text, UNSYNCED);
}

/** The folders that a worktree leaves out. */
export function readExcluded(place: GitPlace): string[] {
  const text = readText(join(place.gitDir, "info/sparse-checkout")) ?? "";
  return [...text.matchAll(/^!\/([^/]+)\/$/gm)].map((it) => it[1] ?? "");
}

function checkFolder(name: string): string {
  if (/^[\w-][\w.-]*$/.test(name)) return name;
  throw new KanbandError("INTERNAL", `Not the plain name of a top-level folder: ${JSON.stringify(name)}`);
}

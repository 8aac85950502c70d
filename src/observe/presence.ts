import { diffMany } from "../git/changes.ts";
import type { FileDiff } from "../git/diff-trees.ts";
import { findPath, parentsOf, readBlob } from "../git/objects.ts";
import { readCommit } from "../git/read-commit.ts";
import type { Repository } from "../git/repository.ts";
import { landingIn } from "./landing-place.ts";

/**
 * Whether the base has what a landing changed, whatever its history says: `there`, to merge it once more would change nothing;
 * `lacks`, some file is as it was before; `unclear`, what it changed was changed by others, too.
 */
export type Presence = "there" | "lacks" | "unclear";

/**
 * What the base has of landings, by their commits. `noted`: a commit that has their work; what is as it is there, is there too. One
 * process, however many there are. Code: GIT_FAILED.
 */
export async function presenceOf(
  repo: Repository,
  shas: readonly string[],
  { base, noted = null }: { base: string; noted?: string | null },
): Promise<ReadonlyMap<string, Presence>> {
  const pairs: [string, string][] = [];
  for (const sha of shas) {
    const before = await beforeOf(repo, sha);
    if (before !== null) pairs.push([before, sha]);
  }
  const diffs = await diffMany(repo, pairs);
  const found = new Map<string, Presence>();
  for (const [at, [, sha]] of pairs.entries()) {
    const changed = diffs[at] ?? null;
    if (changed !== null) found.set(sha, await presenceOfAll(repo, changed, { base, noted }));
  }
  return found;
}

/** Where the base was before a landing; null when that is not here. */
async function beforeOf(repo: Repository, sha: string): Promise<string | null> {
  const commit = await readCommit(repo, sha);
  if (commit === null) return null;
  let before = commit.parents[0];
  for (let left = landingIn(commit)?.commits ?? 1; left > 1 && before !== undefined; left--) {
    [before] = await parentsOf(repo, before);
  }
  return before ?? null;
}

type Sides = { base: string; noted: string | null };

async function presenceOfAll(repo: Repository, changed: readonly FileDiff[], sides: Sides): Promise<Presence> {
  let whole: Presence = "there";
  for (const diff of changed) {
    const presence = await presenceAt(repo, diff, sides);
    if (presence === "lacks") return presence;
    if (presence === "unclear") whole = presence;
  }
  return whole;
}

async function presenceAt(repo: Repository, diff: FileDiff, { base, noted }: Sides): Promise<Presence> {
  const { path, oldMode, newMode, oldSha, newSha } = diff;
  // Git wrote a name that is not UTF-8, which cannot be looked up.
  if (path.includes("\ufffd")) return "unclear";
  const now = await entryAt(repo, base, path);
  if (noted !== null && now !== NOTHING && now === (await entryAt(repo, noted, path))) return "there";
  if (now === nameOf(newMode, newSha)) return "there";
  if (now === nameOf(oldMode, oldSha)) return "lacks";
  const [mode = "", sha = ""] = now.split(" ");
  const areFiles = [mode, newMode].every((it) => it.startsWith("100")) && /^(?:100|000000)/.test(oldMode);
  if (!areFiles || (mode !== newMode && oldMode !== newMode)) return "unclear";
  const [before, after, text] = [
    oldMode === "000000" ? "" : await textOf(repo, oldSha),
    await textOf(repo, newSha),
    await textOf(repo, sha),
  ];
  if (before === null || after === null || text === null) return "unclear";
  // Starting must not wait for what is seldom needed.
  const { holdsChange } = await import("./line-hunks.ts");
  return holdsChange(before, after, text) ? "there" : "unclear";
}

const LARGE_BYTES = 1_000_000;

async function textOf(repo: Repository, sha: string): Promise<string | null> {
  const size = (await repo.catFile.look(sha))?.size ?? LARGE_BYTES;
  return size < LARGE_BYTES ? ((await readBlob(repo, sha))?.toString("latin1") ?? null) : null;
}

const NOTHING = "";

async function entryAt(repo: Repository, treeish: string, path: string): Promise<string> {
  const entry = await findPath(repo, treeish, path);
  return entry === null ? NOTHING : `${entry.mode} ${entry.sha}`;
}

function nameOf(mode: string, sha: string): string {
  return mode === "000000" ? NOTHING : `${mode} ${sha}`;
}

import { existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { KanbandError } from "../errors.ts";
import { writeFileDurably } from "../files/durable.ts";
import { parseConfig } from "./config-text.ts";
import { stampOf } from "./head.ts";
import type { GitPlace } from "./profile.ts";
import { finalRef, readRef, readText, refSha } from "./refs.ts";

// A worktree that a power cut left half-made is repaired or made anew.
const UNSYNCED = { isSynced: false };

/** A working tree, and a branch that it has or comes back to. */
export type WorkingTree = GitPlace & { readonly branch: string | null };

/** A linked worktree as git's own files register it. Its folder may be gone. */
export type Registration = WorkingTree & { readonly head: string | null };

/** Every registered worktree, the half-made ones included. Reads files, starts no process. */
export function listRegistrations(place: GitPlace): Registration[] {
  return listLinked(place).map((it) => {
    const value = readRef(it, "HEAD");
    const branch = value !== null && "target" in value ? value.target.replace(/^refs\/heads\//, "") : null;
    return { ...it, branch, head: refSha(it, "HEAD") };
  });
}

/** The same, for who needs to know nothing but where they are. */
export function listLinked({ commonDir }: GitPlace): GitPlace[] {
  const folder = join(commonDir, "worktrees");
  return namesIn(folder).flatMap((name) => {
    const gitDir = join(folder, name);
    const pointer = readText(join(gitDir, "gitdir"))?.trim();
    return pointer === undefined || pointer === ""
      ? []
      : [{ gitDir, commonDir, top: dirname(resolve(gitDir, pointer)) }];
  });
}

/**
 * Every place where a branch may be checked out: the main working tree and the linked ones that exist. A place in the middle of a
 * rebase or bisect stands at no branch, and goes back to one: it is listed once more for each branch that it will move.
 */
export function listCheckouts(place: GitPlace): WorkingTree[] {
  const main = mainPlace(place);
  const linked = listLinked(place).filter((it) => existsSync(it.top));
  return [...(main === null ? [] : [main]), ...linked].flatMap((it) => {
    // By whatever other name it is known there: what moves is the branch that the name stands for.
    const names = ["HEAD", ...branchesInUse(it.gitDir).map((branch) => `refs/heads/${branch}`)];
    return names.map((name) => finalRef(it, name)).map((ref) => ({ ...it, branch: shortName(ref) }));
  });
}

/** The branches that an operation in progress moves or goes back to at its end, beside the one that HEAD names. */
export function branchesInUse(gitDir: string): string[] {
  const refs = ["rebase-merge/head-name", "rebase-apply/head-name", "rebase-merge/update-refs"].flatMap((file) => {
    return (readText(join(gitDir, file)) ?? "").split("\n").filter((line) => line.startsWith("refs/heads/"));
  });
  const bisected = readText(join(gitDir, "BISECT_START"))?.trim();
  // It names a branch by its short name, and a commit where none was checked out.
  return [...new Set([...refs.map((it) => shortName(it) ?? ""), ...(bisected === undefined ? [] : [bisected])])];
}

/** The registration of a worktree by its path; null when there is none. */
export function findRegistration(place: GitPlace, path: string): Registration | null {
  const wanted = realPath(path);
  return listRegistrations(place).find((it) => realPath(it.top) === wanted) ?? null;
}

/** The committer's address in the entry of a worktree's log that `git worktree add` begins it with; null when it has none. */
export function readMaker(gitDir: string): string | null {
  const [first = ""] = (readText(join(gitDir, "logs/HEAD")) ?? "").split("\n", 1);
  // A commit on a branch without one has the same old id, but says that it is a commit.
  return /^0+ [0-9a-f]+ .*<([^<>]*)> \d+ [+-]\d{4}\t?$/.exec(first)?.[1] ?? null;
}

/** Puts right the two files by which a worktree and its registration find each other, whatever an agent did to them. */
export function mendPointers(registration: GitPlace): void {
  const { gitDir, top } = registration;
  const pointer = join(top, ".git");
  const wanted = `gitdir: ${gitDir}\n`;
  if (readText(pointer) !== wanted) {
    rmSync(pointer, { recursive: true, force: true });
    writeFileDurably(pointer, wanted, UNSYNCED);
  }
  const commonDir = join(gitDir, "commondir");
  if (readText(commonDir)?.trim() !== "../..") writeFileDurably(commonDir, "../..\n", UNSYNCED);
}

/** Puts a HEAD that says nothing git could read at a commit: without one, no git would work there at all. */
export function mendHead(place: GitPlace, sha: string | null): void {
  if (sha === null || readRef(place, "HEAD") !== null) return;
  writeFileDurably(join(place.gitDir, "HEAD"), `${sha}\n`, UNSYNCED);
}

/**
 * Opens a worktree that no process uses any more, after whatever an agent did to it: stale locks and half-done rebases go, both
 * pointers are put right, and a registration that is gone (`git worktree prune` after `rm .git`) is made again on `ref`.
 */
export function openWorktree(place: GitPlace, path: string, ref: string): Registration {
  const known = findRegistration(place, path);
  if (known === null) registerAgain(place, path, ref);
  const registration = known ?? findRegistration(place, path);
  if (registration === null) throw new KanbandError("WORKTREE_BROKEN", `${path} cannot be registered as a worktree`);
  removeStaleLocks(registration);
  endOperations(registration);
  if (existsSync(path)) mendPointers(registration);
  return registration;
}

function registerAgain(place: GitPlace, path: string, ref: string): void {
  const folder = join(place.commonDir, "worktrees");
  mkdirSync(folder, { recursive: true });
  const taken = new Set(namesIn(folder));
  let name = basename(path);
  for (let count = 1; taken.has(name); count++) name = `${basename(path)}${count}`;
  mkdirSync(join(folder, name));
  writeFileDurably(join(folder, name, "commondir"), "../..\n", UNSYNCED);
  writeFileDurably(join(folder, name, "HEAD"), `ref: ${ref}\n`, UNSYNCED);
  // Last: only with it the registration counts.
  writeFileDurably(join(folder, name, "gitdir"), `${join(path, ".git")}\n`, UNSYNCED);
}

/** Removes registrations that a kill left without the file that says where their worktree is. */
export function removeTornRegistrations(place: GitPlace, path: string): void {
  const folder = join(place.commonDir, "worktrees");
  for (const name of namesIn(folder)) {
    const isOurs = name.startsWith(basename(path)) && /^\d*$/.test(name.slice(basename(path).length));
    if (isOurs && !existsSync(join(folder, name, "gitdir"))) rmSync(join(folder, name), { recursive: true });
  }
}

/** Ends what an agent left half-done in a worktree, as a rebase: it would be the next one's, and hold the branch. */
function endOperations({ gitDir }: GitPlace): void {
  for (const name of ["rebase-merge", "rebase-apply", "sequencer"])
    rmSync(join(gitDir, name), { recursive: true, force: true });
  for (const name of namesIn(gitDir)) if (name.startsWith("BISECT_")) rmSync(join(gitDir, name), { force: true });
}

/** Removes lock files of a worktree in which no process runs any more. */
export function removeStaleLocks({ gitDir }: GitPlace): void {
  for (const name of namesIn(gitDir)) {
    if (name.endsWith(".lock")) rmSync(join(gitDir, name), { force: true });
  }
}

/** Whether a `git worktree add` of ours was killed before it was done: it locks what it has not finished. */
export function isHalfMade({ gitDir }: GitPlace): boolean {
  return readText(join(gitDir, "locked"))?.trim() === "initializing";
}

/** The same of anybody's, or they are still at it: git says it in their language, or with the reason that they gave it. */
export function isUnfinished(place: GitPlace): boolean {
  const isLocked = existsSync(join(place.gitDir, "locked"));
  return isLocked && (isHalfMade(place) || !existsSync(join(place.gitDir, "index")));
}

/** The names in a folder; none when it is not there. */
export function namesIn(folder: string): string[] {
  try {
    return existsSync(folder) ? readdirSync(folder) : [];
  } catch {
    return [];
  }
}

function mainPlace(place: GitPlace): GitPlace | null {
  const { commonDir } = place;
  if (place.gitDir === commonDir) return place;
  const { bare, worktree } = coreOf(commonDir);
  if (bare === true) return null;
  const at = { gitDir: commonDir, commonDir };
  if (worktree !== null) return { ...at, top: resolve(commonDir, worktree) };
  return basename(commonDir) === ".git" ? { ...at, top: dirname(commonDir) } : null;
}

/** What the main working tree has checked out, where there is one that a linked worktree cannot know the folder of; else null. */
export function unknownMain(place: GitPlace): string | null {
  const { commonDir } = place;
  if (mainPlace(place) !== null || coreOf(commonDir).bare !== false) return null;
  return finalRef({ gitDir: commonDir, commonDir, top: commonDir }, "HEAD");
}

type Core = { bare: boolean | null; worktree: string | null };

/** What a repository says of its main working tree. */
function coreOf(commonDir: string): Core {
  const files = ["config", "config.worktree"].map((it) => join(commonDir, it));
  const stamp = files.map(stampOf).join();
  const known = CORES.get(commonDir);
  if (known?.stamp === stamp) return known.core;
  const entries = files.flatMap((it) => parseConfig(readText(it) ?? ""));
  const last = (key: string) => entries.findLast((it) => it.key === key);
  const [bare, worktree] = [last("core.bare"), last("core.worktree")?.value ?? null];
  const isBare = bare === undefined ? null : /^(?:true|yes|on|1)$/i.test(bare.value ?? "true");
  const core = { bare: isBare, worktree };
  CORES.set(commonDir, { stamp, core });
  return core;
}

// A cache: it is asked with each look, and hardly ever changes.
const CORES = new Map<string, { stamp: string; core: Core }>();

/** `main` for `refs/heads/main`; null for what is no branch. */
export function shortName(ref: string | null): string | null {
  return ref?.startsWith("refs/") === true ? ref.replace(/^refs\/heads\//, "") : null;
}

// The folder itself may be gone; its parent settles symbolic links all the same.
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), basename(path));
  }
}

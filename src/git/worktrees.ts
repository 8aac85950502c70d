import { existsSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KanbandError } from "../errors.ts";
import { writeFileDurably } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import { removeLeftoverFolders } from "./nested.ts";
import { checkRefName, checkRevision } from "./ref-name.ts";
import { updateRef } from "./ref-update.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { leaveOut, markClean, removeIgnored, resetFiles, takeMark } from "./reset-files.ts";
import { git } from "./run.ts";
import { readExcluded, writeSparsePatterns } from "./sparse.ts";
import { emptySubmodules } from "./submodules.ts";
import {
  findRegistration,
  isHalfMade,
  listCheckouts,
  listRegistrations,
  mendPointers,
  type Registration,
  readMaker,
  removeStaleLocks,
  removeTornRegistrations,
} from "./worktree-admin.ts";

// A worktree that a power cut left half-made is repaired or made anew.
const UNSYNCED = { isSynced: false };

export { worktreeStatus } from "./capture.ts";
export { commitWorktree } from "./commit-worktree.ts";

export type Worktree = {
  path: string;
  /** Folder name, such as `w1`. */
  name: string;
  /** Short name of the branch that is checked out; null: detached, that is, free. */
  branch: string | null;
  head: string | null;
  /** Committer's address of the `git worktree add` that made it, where a log still says so. */
  madeBy: string | null;
};

/** The linked worktrees of a repository. Reads files, starts no process. */
export async function listWorktrees(repo: Repository): Promise<Worktree[]> {
  return listRegistrations(repo).map(({ gitDir, top, branch, head }) => {
    return { path: top, name: relative(dirname(top), top), branch, head, madeBy: readMaker(gitDir) };
  });
}

/**
 * Makes sure that `path` is a worktree with `branch` checked out, whatever a kill at any instant left there. The branch
 * stays where it is when it exists, else starts at `startSha`. A worktree that has the branch already is kept as it is,
 * unsaved work included; a free one is reused, which costs milliseconds where a new one costs seconds; anything else in
 * the way is removed and made anew. `exclude`: top-level folders that the worktree does not contain.
 * Codes: WORKTREE_BROKEN when the path or the branch is in use elsewhere, GIT_FAILED.
 */
export async function ensureWorktree(
  repo: Repository,
  { path, branch, startSha, exclude }: { path: string; branch: string; startSha: string; exclude: readonly string[] },
): Promise<void> {
  const ref = `refs/heads/${branch}`;
  checkRefName(ref);
  await repo.worktreeMutex(async () => {
    refuseIfElsewhere(repo, path, branch);
    const registration = await ensureRegistration(repo, path, startSha);
    removeStaleLocks(registration);
    mendPointers(registration);
    if (registration.branch === branch && registration.head !== null) {
      await leaveOut(repo, registration, exclude);
      return;
    }
    refuseIfTaken(registration, branch);

    await removeStaleRefLock(repo, ref);
    if (refSha(repo, ref) === null) await updateRef(repo, { ref, from: null, to: startSha });
    failpoint("git.worktree.after-branch");
    writeSparsePatterns(registration, exclude);
    await resetFiles(repo, registration, refSha(repo, ref) ?? startSha);
    // Where it was before, should a kill have kept that from being forgotten, is nothing to this branch.
    rmSync(join(registration.gitDir, "logs"), { recursive: true, force: true });
    failpoint("git.worktree.after-files");
    // Last, and in one step: a worktree on the branch is a whole one.
    writeFileDurably(join(registration.gitDir, "HEAD"), `ref: ${ref}\n`, UNSYNCED);
    failpoint("git.worktree.after-head");
  });
}

/**
 * Makes sure that `path` is a free worktree at a commit, whatever is there. `isLent`: somebody works in it as it is, without a
 * branch. Codes: WORKTREE_BROKEN, GIT_FAILED.
 */
export async function ensureFreeWorktree(
  repo: Repository,
  { path, exclude, sha, isLent = false }: { path: string; exclude: readonly string[]; sha: string; isLent?: boolean },
): Promise<void> {
  await repo.worktreeMutex(async () => await ensureRegistration(repo, path, sha));
  await freeWorktree(repo, { path, exclude, sha });
  const registration = findRegistration(repo, path);
  if (isLent && registration !== null) takeMark(registration);
}

/**
 * Frees a worktree for the next task: detached at `sha` (else where it is), every leftover removed. Whatever is unsaved in
 * it must have been preserved before. `ignored`: what is known to be there besides the files of the commit where it is.
 * Codes: WORKTREE_BROKEN, GIT_FAILED.
 */
export async function freeWorktree(
  repo: Repository,
  {
    path,
    exclude,
    sha,
    ignored = null,
  }: { path: string; exclude: readonly string[]; sha?: string; ignored?: readonly string[] | null },
): Promise<void> {
  await repo.worktreeMutex(async () => {
    const registration = findRegistration(repo, path);
    const target = sha ?? registration?.head ?? null;
    if (registration === null || target === null || !existsSync(path)) {
      throw new KanbandError("WORKTREE_BROKEN", `${path} is not a worktree that could be freed`);
    }
    removeStaleLocks(registration);
    mendPointers(registration);
    writeFileDurably(join(registration.gitDir, "HEAD"), `${target}\n`, UNSYNCED);
    failpoint("git.worktree.after-detach");
    const isWhole = target === registration.head && readExcluded(registration).join() === exclude.join();
    writeSparsePatterns(registration, exclude);
    const isReset = isWhole && ignored !== null && (await removeIgnored(registration, ignored));
    if (!isReset) await resetFiles(repo, registration, target);
    removeLeftoverFolders(path);
    await emptySubmodules(repo, registration);
    // What the next task's agent does is told from what this one's did by the log of HEAD.
    rmSync(join(registration.gitDir, "logs"), { recursive: true, force: true });
    markClean(registration);
    failpoint("git.worktree.after-clean");
  });
}

/** Removes a worktree: folder first, then its registration, so that a kill in between is seen and finished. */
export async function removeWorktree(repo: Repository, path: string): Promise<void> {
  await repo.worktreeMutex(async () => await discard(repo, path));
}

// A lock of a ref is held for microseconds; one that outlives this was left by a git that was killed.
const REF_LOCK_MS = 150;

async function removeStaleRefLock(repo: Repository, ref: string): Promise<void> {
  const path = join(repo.commonDir, `${ref}.lock`);
  const seen = lstatSync(path, { throwIfNoEntry: false })?.ino;
  if (seen === undefined) return;
  await sleep(REF_LOCK_MS);
  if (lstatSync(path, { throwIfNoEntry: false })?.ino === seen) rmSync(path, { force: true });
}

async function ensureRegistration(repo: Repository, path: string, startSha: string): Promise<Registration> {
  const known = findRegistration(repo, path);
  if (known !== null && known.head !== null && isFolder(path) && !isHalfMade(known)) return known;
  await discard(repo, path);
  mkdirSync(dirname(path), { recursive: true });
  failpoint("git.worktree.before-add");
  await git(repo, ["worktree", "add", "--quiet", "--no-checkout", "--detach", "--", path, checkRevision(startSha)]);
  failpoint("git.worktree.after-add");
  const made = findRegistration(repo, path);
  if (made === null) throw new KanbandError("WORKTREE_BROKEN", `git made no worktree at ${path}`);
  return made;
}

async function discard(repo: Repository, path: string): Promise<void> {
  if (!relative(path, repo.top).startsWith("..")) {
    throw new KanbandError("INTERNAL", `${path} holds the repository itself and is not removed`);
  }
  // There may be a whole tree of packages in it: everything else goes on meanwhile.
  await rm(path, { recursive: true, force: true, maxRetries: 10 });
  failpoint("git.worktree.after-folder");
  const registration = findRegistration(repo, path);
  if (registration !== null) rmSync(registration.gitDir, { recursive: true, force: true });
  removeTornRegistrations(repo, path);
  failpoint("git.worktree.after-remove");
}

function refuseIfElsewhere(repo: Repository, path: string, branch: string): void {
  const own = findRegistration(repo, path)?.gitDir;
  const other = listCheckouts(repo).find((it) => it.branch === branch && it.gitDir !== own);
  if (other === undefined) return;
  throw new KanbandError("WORKTREE_BROKEN", `${branch} is checked out at ${other.top}`, {
    hint: "Check out another branch there, or remove that worktree.",
  });
}

function refuseIfTaken(registration: Registration, branch: string): void {
  if (registration.branch === null || registration.branch === branch) return;
  throw new KanbandError("WORKTREE_BROKEN", `${registration.top} holds ${registration.branch}, not ${branch}`);
}

function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { syncFolders } from "../files/place.ts";
import { buildTree } from "./build-tree.ts";
import { forgetIndex, isIndexKnown, noteCleanIndex, noteForeignIndex } from "./clean-index.ts";
import { makeCommit } from "./commit-object.ts";
import { readHeadNow, stampOf } from "./head.ts";
import { setIndexEntries, waitForIndex } from "./index-entries.ts";
import { type NewObject, writeObjects } from "./loose-object.ts";
import { treeIdOf } from "./objects.ts";
import { areTargetsFresh, type PathChange, readTargets, type Target } from "./path-targets.ts";
import { updateRef } from "./ref-update.ts";
import { finalRef, refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { goneSince, hasStagedNote, type NotedEntry, noteStaged, undoStaged } from "./staged-note.ts";

export type PathCommit = {
  /** Full name; a symbolic ref is followed. */
  ref: string;
  changes: readonly PathChange[];
  message: string;
  /** How long to wait for locks that others hold. */
  patienceMs: number;
  /** Files on disk are those of the branch only while it is checked out and nothing is half-finished: else REF_MOVED. */
  mustBeCheckedOut?: boolean;
};

/** The new commit, and the blob id of each path that it changed (null: removed). */
export type CommittedPaths = { sha: string; blobs: Map<string, string | null> };

/** `indexStamp`: of the index as we left it; `isAlone`: nobody came in between. */
type Done = CommittedPaths & { indexStamp: string; isAlone: boolean };

/**
 * Commits files as they are on disk to a branch, whatever else is staged or changed; null when nothing differs from the
 * branch's tip. No hook, no signing.
 *
 * Order: content, index entries, branch; before the branch moves, objects and the names of the files are safe from a power
 * cut. With the index first, a `git commit` of the user at any instant either contains
 * the change or leaves it alone; with the branch first it would take it back. A branch that moved meanwhile keeps the
 * commits of others: the change is made again upon the new tip, from what is on disk by then.
 * Codes: GIT_LOCKED after `patienceMs`, REF_MOVED with `mustBeCheckedOut`, WRITE_FAILED, GIT_FAILED.
 */
export async function commitPaths(repo: Repository, commit: PathCommit): Promise<CommittedPaths | null> {
  return await repo.commitMutex(() => commitUntilDone(repo, commit));
}

/**
 * Takes back what a commit that was cut short has staged. `restore` gets the new files that are gone with their entries: those
 * that a reset took away, and those that somebody may have removed. Code: GIT_LOCKED after `patienceMs`.
 */
export async function undoUnfinishedCommit(
  repo: Repository,
  {
    ref,
    patienceMs,
    restore,
  }: { ref: string; patienceMs: number; restore: (gone: readonly NotedEntry[]) => Promise<void> },
): Promise<void> {
  if (!hasStagedNote(repo)) return;
  await repo.commitMutex(async () => {
    const full = finalRef(repo, ref);
    const gone = await undoStaged(repo, full, patienceMs);
    if (gone.length === 0 || readHeadNow(repo).ref !== full) return;
    // A reset says so a moment after it took the files away.
    if (!gone.every((it) => it.wasReset)) await sleep(LOG_MS);
    await restore(await goneSince(repo, refSha(repo, full) ?? ""));
    noteStaged(repo, []);
  });
}

async function commitUntilDone(repo: Repository, commit: PathCommit): Promise<CommittedPaths | null> {
  const deadline = Date.now() + commit.patienceMs;
  const isKnown = isIndexKnown(repo);
  try {
    const done = await commitAgainAndAgain(repo, commit, deadline);
    if (isKnown && done?.isAlone === true) noteCleanIndex(repo, done.indexStamp);
    return done;
  } catch (error) {
    forgetIndex(repo);
    throw error;
  }
}

const LOG_MS = 300;

/** `gone`: what is noted of earlier ones, and stays so. */
type Trial = { deadline: number; gone: readonly NotedEntry[]; isFirst: boolean };

async function commitAgainAndAgain(repo: Repository, commit: PathCommit, deadline: number): Promise<Done | null> {
  const ref = finalRef(repo, commit.ref);
  const gone = await undoStaged(repo, ref, commit.patienceMs);
  let attempt = await commitOnce(repo, commit, { deadline, gone, isFirst: true });
  while (attempt === "again") {
    if (Date.now() > deadline)
      throw new KanbandError("GIT_LOCKED", `${commit.ref} was moved by others again and again`);
    const gone = await goneSince(repo, refSha(repo, ref) ?? "");
    attempt = await commitOnce(repo, commit, { deadline, gone, isFirst: false });
  }
  return attempt;
}

async function commitOnce(
  repo: Repository,
  commit: PathCommit,
  { deadline, gone, isFirst }: Trial,
): Promise<Done | null | "again"> {
  const ref = finalRef(repo, commit.ref);
  if (commit.mustBeCheckedOut === true) expectCheckedOut(repo, ref);
  const tip = refSha(repo, ref);
  const root = tip === null ? null : await treeIdOf(repo, tip);
  // Ids from the caller are older than what moved the branch.
  const changes = isFirst ? commit.changes : commit.changes.map(({ path }) => ({ path }));
  const targets = await readTargets(repo, changes, root);
  if (commit.mustBeCheckedOut === true) expectThere(commit.changes, targets);
  const built = await buildTree(repo, root, targets);
  const isCheckedOut = readHeadNow(repo).ref === ref;
  // An earlier attempt has already set entries that may no longer be wanted.
  const staged = isFirst ? built.changed : [...targets.keys()];
  if (built.changed.length === 0 && isFirst) return null;

  const parents = tip === null ? [] : [tip];
  const object = makeCommit(repo, { tree: built.sha, parents, message: commit.message });
  const entries = staged.map((path) => ({ path, ...(targets.get(path)?.to ?? { mode: "0", sha: object.sha }) }));
  failpoint("git.commit.before-objects");
  const placing = isCheckedOut ? syncFolders(built.changed.map((it) => dirname(join(repo.top, it)))) : null;
  // Contents before the trees and the index that name them: at any instant everything that is named is there.
  const contents = writeObjects(repo, contentsOf(built.changed, targets));
  await Promise.allSettled([contents, placing]);
  await Promise.all([contents, placing]);
  failpoint("git.commit.after-objects");
  if (isCheckedOut) noteStaged(repo, [...gone, ...entries]);
  failpoint("git.commit.after-note");
  const writing = writeObjects(repo, [...built.objects, object]);
  const wasKnown = isIndexKnown(repo);
  const staging = isCheckedOut ? setIndexEntries(repo, entries, deadline - Date.now()) : null;
  // Nothing of an attempt that failed is still being written.
  await Promise.allSettled([writing, staging]);
  const [, done] = await Promise.all([writing, staging]);
  const isAlone = isFirst && wasKnown && done?.hasWaited !== true;
  if (isCheckedOut && !isAlone) noteForeignIndex(repo);
  const stamp = stampOf(join(repo.gitDir, "index"));
  failpoint("git.commit.after-index");
  if (built.changed.length === 0) {
    noteStaged(repo, gone);
    return null;
  }

  if (isCheckedOut && !(await isUndisturbed(repo, targets, stamp, deadline))) return "again";
  // A rebase or a switch that began meanwhile would find a branch that moved under it, and an index that did not.
  if (commit.mustBeCheckedOut === true) expectCheckedOut(repo, ref);
  try {
    await updateRef(repo, { ref, from: tip, to: object.sha, patienceMs: Math.max(deadline - Date.now(), 0) });
  } catch (error) {
    if (error instanceof KanbandError && error.code === "REF_MOVED") return "again";
    throw error;
  }
  failpoint("git.commit.after-ref");
  if (isCheckedOut) noteStaged(repo, gone);
  repo.cache.treeOf.set(object.sha, built.sha);
  const blobs = new Map(built.changed.map((path) => [path, targets.get(path)?.to?.sha ?? null]));
  return { sha: object.sha, blobs, indexStamp: stamp, isAlone };
}

function expectCheckedOut(repo: Repository, ref: string): void {
  const head = readHeadNow(repo);
  if (head.ref === ref && head.operation === null) return;
  const found = head.operation === null ? "is not checked out any more" : `is in the middle of a ${head.operation}`;
  throw new KanbandError("REF_MOVED", `${ref} ${found}`);
}

// What was there when this was decided upon, and is not now, a checkout may have taken that has not set HEAD yet.
function expectThere(changes: readonly PathChange[], targets: ReadonlyMap<string, Target>): void {
  const gone = changes.find(({ path, sha }) => sha !== null && targets.get(path)?.to === null);
  if (gone !== undefined) throw new KanbandError("REF_MOVED", `${gone.path} is gone since it was looked at`);
}

function contentsOf(paths: readonly string[], targets: ReadonlyMap<string, Target>): NewObject[] {
  const objects = paths.flatMap((path) => targets.get(path)?.object ?? []);
  return [...new Map(objects.map((it) => [it.sha, it])).values()];
}

/**
 * Looks once more before the branch moves. A `git stash` or `git reset --hard` that came in between has put the old files
 * back: a branch moved now would make that look like a person's command. Such a git sets the branch a moment after it let
 * go of the index, to the tip that it found when it began, and would take our commit away: hence the rest.
 */
async function isUndisturbed(
  repo: Repository,
  targets: ReadonlyMap<string, Target>,
  stamp: string,
  deadline: number,
): Promise<boolean> {
  const { isIndexLocked, indexStamp } = readHeadNow(repo);
  if (isIndexLocked || indexStamp !== stamp) {
    await waitForIndex(repo, deadline);
    await sleep(REST_MS);
  }
  return areTargetsFresh(repo, targets);
}

const REST_MS = 30;

import { existsSync, rmSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readPristine } from "./pristine.ts";
import type { GitPlace } from "./profile.ts";
import { checkRevision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { git, gitWithInput } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";
import { readExcluded, SPARSE, writeSparsePatterns } from "./sparse.ts";
import { emptySubmodules } from "./submodules.ts";

/**
 * Makes the files those of a commit, with nothing left over: modified, untracked, ignored and nested ones all go. No git at
 * all where a look at its few files says that they are those of that commit; none that looks for leftovers where there can
 * be none: in a place that holds no other file, or that this very process cleaned and gave to nobody since.
 */
export async function resetFiles(repo: Repository, place: GitPlace, sha: string): Promise<void> {
  const isUnused = takeMark(place);
  if (findExtras(repo, place, sha)?.length === 0) return;
  const isClean = isUnused || findExtras(repo, place, written.get(place.gitDir)?.sha ?? sha)?.length === 0;
  checkRevision(sha);
  const env = await safeEnvironment(place);
  const config = [...SPARSE, ...repo.userConfig];
  await git(place, ["read-tree", "--reset", "-u", sha], { config, env }).catch(async (error: unknown) => {
    // A torn index: without one every file is written anew.
    if (!existsSync(join(place.gitDir, "index"))) throw error;
    rmSync(join(place.gitDir, "index"));
    await git(place, ["read-tree", "--reset", "-u", sha], { config, env });
  });
  if (!isClean) {
    await git(place, ["clean", "-ffdxq"], { config, env });
    await emptySubmodules(repo, place);
  }
  noteIndex(place, sha);
}

/** Writes the files that the index has and the working tree does not; the others are not touched. */
export async function writeMissing(repo: Repository, place: GitPlace): Promise<void> {
  const env = await safeEnvironment(place);
  const config = [...SPARSE, ...repo.userConfig];
  // Files that differ are no concern of this, nor are those of submodules.
  const args = ["diff-files", "--name-only", "--diff-filter=D", "--ignore-submodules=dirty", "-z"];
  const { stdout } = await gitWithInput(place, args, "", { env, config });
  if (stdout !== "") await gitWithInput(place, ["checkout-index", "--index", "-z", "--stdin"], stdout, { env, config });
}

/**
 * Folders that ignore themselves, when these are all there is besides the files of a commit; null where git has to look.
 * Costs no process, and is known only of small places whose index is the one that this process has written for that commit.
 */
export function findExtras(repo: Repository, place: GitPlace, sha: string): string[] | null {
  const known = written.get(place.gitDir);
  if (known === undefined || known.sha !== sha || known.stamp !== placeStamp(place)) return null;
  return readPristine(repo, place)?.ignored ?? null;
}

/** Says that the index of a place was written by this process and holds a commit. */
export function noteIndex(place: GitPlace, sha: string): void {
  const stamp = placeStamp(place);
  if (stamp !== null) written.set(place.gitDir, { stamp, sha });
}

const FEW = 100;

/**
 * The same where the files are known to be those of HEAD's commit already, but for the ignored ones that are named. False:
 * they could not be removed, and `resetFiles` has to.
 */
export async function removeIgnored(place: GitPlace, ignored: readonly string[]): Promise<boolean> {
  if (ignored.length > FEW) return false;
  try {
    await Promise.all(ignored.map((it) => rm(join(place.top, it), { recursive: true, force: true })));
    return true;
  } catch {
    return false;
  }
}

/** Says that a place holds nothing but the files of its index, and that nobody was given it: until `takeMark`. */
export function markClean(place: GitPlace): void {
  const stamp = placeStamp(place);
  if (stamp !== null) cleaned.set(place.gitDir, stamp);
}

/** Says that a program may have written into any place: none is taken for clean any more. */
export function distrustAll(): void {
  cleaned.clear();
}

/**
 * Whether the mark still holds, and takes it away: whoever asks is about to use the place. A program that only writes files
 * leaves the index as it was, so nothing but the end of the mark tells a used place from an unused one.
 */
export function takeMark(place: GitPlace): boolean {
  const stamp = cleaned.get(place.gitDir);
  cleaned.delete(place.gitDir);
  return stamp !== undefined && stamp === placeStamp(place);
}

// Caches: losing them costs one more look.
const cleaned = new Map<string, string>();
const written = new Map<string, { stamp: string; sha: string }>();

// What is left out of the place decides which files are there.
function placeStamp(place: GitPlace): string | null {
  const stat = statSync(join(place.gitDir, "index"), { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return null;
  return `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs} ${readExcluded(place).join(" ")}`;
}

/** Leaves out other folders than before, without touching what is unsaved. Code: GIT_FAILED. */
export async function leaveOut(repo: Repository, place: GitPlace, exclude: readonly string[]): Promise<void> {
  if (readExcluded(place).join("\n") === exclude.join("\n")) return;
  writeSparsePatterns(place, exclude);
  const env = await safeEnvironment(place);
  await git(place, ["read-tree", "-m", "-u", "HEAD"], { config: [...SPARSE, ...repo.userConfig], env });
}

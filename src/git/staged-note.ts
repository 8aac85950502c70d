import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failpoint } from "../files/failpoint.ts";
import { readHeadNow } from "./head.ts";
import { type IndexEntry, setIndexEntries } from "./index-entries.ts";
import { findPath } from "./objects.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";

/**
 * Writes down which index entries a commit is about to set, before it sets them; none: nothing is left to undo. Whoever dies
 * between the index and the branch would else leave entries that no commit has: the person's next `git commit` would take
 * them, after the file moved on.
 */
export function noteStaged(repo: Repository, entries: readonly IndexEntry[]): void {
  if (entries.length === 0) rmSync(pathOf(repo), { force: true });
  else writeFileSync(pathOf(repo), JSON.stringify(entries));
}

/** Whether a commit is under way, or was cut short. */
export function hasStagedNote(repo: Repository): boolean {
  return existsSync(pathOf(repo));
}

/**
 * Sets the entries that an earlier commit staged and never brought to the branch back to what the branch has. What somebody
 * else has staged at these paths since stays. Answers the new files that were taken away with their entries, which are still
 * noted. Does nothing while the branch is not checked out. Code: GIT_LOCKED.
 */
export async function undoStaged(repo: Repository, ref: string, patienceMs: number): Promise<IndexEntry[]> {
  const noted = readNote(repo);
  if (noted === null) return [];
  const head = readHeadNow(repo);
  if (head.ref !== ref || head.operation !== null) return noted;
  const now = await entriesNow(repo);
  const ours = noted.filter(({ path, mode, sha }) => (now.get(path) ?? null) === (isRemoval(mode) ? null : sha));
  let tip: string | null = null;
  // A commit of somebody else's may be under way that takes the very entries: what counts is the branch afterwards.
  while (ours.length > 0 && (tip === null || tip !== refSha(repo, ref))) {
    tip = refSha(repo, ref) ?? "";
    const at = tip;
    await setIndexEntries(repo, await Promise.all(ours.map(({ path }) => entryOf(repo, at, path))), patienceMs);
  }
  failpoint("git.unstage.after-index");
  const taken = await findTaken(repo, { noted, now, tip: refSha(repo, ref) ?? "" });
  noteStaged(repo, taken);
  return taken;
}

/** The new files that were noted as staged and taken away since, as they are at `tip`. Changes nothing. */
export async function takenSince(repo: Repository, tip: string): Promise<IndexEntry[]> {
  const noted = readNote(repo);
  return noted === null ? [] : await findTaken(repo, { noted, now: await entriesNow(repo), tip });
}

// `git reset --hard`, and so `git stash`, removes what it finds staged; a person would have left the entry.
async function findTaken(
  repo: Repository,
  { noted, now, tip }: { noted: readonly IndexEntry[]; now: ReadonlyMap<string, string>; tip: string },
): Promise<IndexEntry[]> {
  const taken: IndexEntry[] = [];
  for (const it of noted) {
    const isGone = !isRemoval(it.mode) && !now.has(it.path) && !existsSync(join(repo.top, it.path));
    if (isGone && isRemoval((await entryOf(repo, tip, it.path)).mode)) taken.push(it);
  }
  return taken;
}

/** What the branch has at a path. */
async function entryOf(repo: Repository, tip: string, path: string): Promise<IndexEntry> {
  const entry = tip === "" ? null : await findPath(repo, tip, path);
  return entry === null ? { path, mode: "0", sha: tip } : { path, mode: entry.mode, sha: entry.sha };
}

/** Path to blob id, of all that is staged. */
async function entriesNow(repo: Repository): Promise<Map<string, string>> {
  const env = await safeEnvironment(repo);
  const text = await git(repo, ["ls-files", "-z", "--stage"], { env });
  const lines = text.split("\0").flatMap((line) => {
    const [, sha, path] = /^\d+ ([0-9a-f]+) \d\t([\s\S]+)$/.exec(line) ?? [];
    return sha === undefined || path === undefined ? [] : [[path, sha] as const];
  });
  return new Map(lines);
}

function readNote(repo: Repository): IndexEntry[] | null {
  try {
    const noted: unknown = JSON.parse(readFileSync(pathOf(repo), "utf8"));
    return Array.isArray(noted) ? noted.filter(isEntry) : [];
  } catch (error) {
    // Torn by a power cut: the same cut tore the index, which git then says.
    return error instanceof SyntaxError ? [] : null;
  }
}

function isEntry(it: unknown): it is IndexEntry {
  if (typeof it !== "object" || it === null) return false;
  const { path, mode, sha } = it as Partial<IndexEntry>;
  return typeof path === "string" && typeof mode === "string" && typeof sha === "string";
}

function isRemoval(mode: string): boolean {
  return mode === "0";
}

function pathOf({ gitDir }: Repository): string {
  return join(gitDir, "kanband-staged.json");
}

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { failpoint } from "../files/failpoint.ts";
import { folderChangedAt } from "./changed-at.ts";
import { readHeadNow } from "./head.ts";
import { lastResetAt } from "./head-log.ts";
import { type IndexEntry, setIndexEntries } from "./index-entries.ts";
import { findPath } from "./objects.ts";
import { refSha } from "./refs.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";

/** `at`: when it was staged, ms since the epoch. `wasReset`: a reset took it away since, which was nobody's removal. */
export type NotedEntry = IndexEntry & { at: number; wasReset: boolean };

/**
 * Writes down which index entries a commit is about to set, before it sets them; none: nothing is left to undo. Whoever dies
 * between the index and the branch would else leave entries that no commit has: the person's next `git commit` would take
 * them, after the file moved on.
 */
export function noteStaged(repo: Repository, entries: readonly (IndexEntry | NotedEntry)[]): void {
  const fresh = { at: Date.now(), wasReset: false };
  if (entries.length === 0) rmSync(pathOf(repo), { force: true });
  else writeFileSync(pathOf(repo), JSON.stringify(entries.map((it) => ({ ...fresh, ...it }))));
}

/** Whether a commit is under way, or was cut short. */
export function hasStagedNote(repo: Repository): boolean {
  return existsSync(pathOf(repo));
}

/**
 * Sets the entries that an earlier commit staged and never brought to the branch back to what the branch has. What somebody
 * else has staged at these paths since stays. Answers the new files that are gone with their entries, which are still
 * noted. Does nothing while the branch is not checked out. Code: GIT_LOCKED.
 */
export async function undoStaged(repo: Repository, ref: string, patienceMs: number): Promise<NotedEntry[]> {
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
  const gone = await findGone(repo, { noted, now, tip: refSha(repo, ref) ?? "" });
  noteStaged(repo, gone);
  return gone;
}

/** The new files that were noted as staged, and are gone with their entries and not at `tip`. Changes nothing. */
export async function goneSince(repo: Repository, tip: string): Promise<NotedEntry[]> {
  const noted = readNote(repo);
  return noted === null ? [] : await findGone(repo, { noted, now: await entriesNow(repo), tip });
}

async function findGone(
  repo: Repository,
  { noted, now, tip }: { noted: readonly NotedEntry[]; now: ReadonlyMap<string, string>; tip: string },
): Promise<NotedEntry[]> {
  const gone: NotedEntry[] = [];
  const resetAt = lastResetAt(repo);
  for (const it of noted) {
    const isGone = !isRemoval(it.mode) && !now.has(it.path) && !existsSync(join(repo.top, it.path));
    if (!isGone || !isRemoval((await entryOf(repo, tip, it.path)).mode)) continue;
    gone.push({ ...it, wasReset: it.wasReset || isTakenBy(repo, it, resetAt) });
  }
  return gone;
}

// `git reset --hard`, and so `git stash`, removes what it finds staged; but so do `git rm` and `git commit -a`, for a person
// who has removed the file: only the log of HEAD, which counts seconds, and the time of the folder tell them apart.
function isTakenBy(repo: Repository, { path, at }: NotedEntry, resetAt: number): boolean {
  return resetAt + 1_000 > at && folderChangedAt(repo, path) <= resetAt + AFTER_MS;
}

const AFTER_MS = 3_000;

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

function readNote(repo: Repository): NotedEntry[] | null {
  try {
    const noted: unknown = JSON.parse(readFileSync(pathOf(repo), "utf8"));
    return Array.isArray(noted) ? noted.filter(isEntry) : [];
  } catch (error) {
    // Torn by a power cut: the same cut tore the index, which git then says.
    return error instanceof SyntaxError ? [] : null;
  }
}

function isEntry(it: unknown): it is NotedEntry {
  if (typeof it !== "object" || it === null) return false;
  const { path, mode, sha, at, wasReset } = it as Partial<NotedEntry>;
  const isStaged = typeof path === "string" && typeof mode === "string" && typeof sha === "string";
  return isStaged && typeof at === "number" && typeof wasReset === "boolean";
}

function isRemoval(mode: string): boolean {
  return mode === "0";
}

function pathOf({ gitDir }: Repository): string {
  return join(gitDir, "kanband-staged.json");
}

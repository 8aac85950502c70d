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
 * Writes down which index entries a commit is about to set, before it sets them. Whoever dies between the index and the branch
 * would else leave entries that no commit has: the person's next `git commit` would take them, after the file moved on.
 */
export function noteStaged(repo: Repository, entries: readonly IndexEntry[]): void {
  writeFileSync(pathOf(repo), JSON.stringify(entries));
}

/** Whether a commit is under way, or was cut short. */
export function hasStagedNote(repo: Repository): boolean {
  return existsSync(pathOf(repo));
}

/** The branch has what was staged: nothing is left to undo. */
export function forgetStaged(repo: Repository): void {
  rmSync(pathOf(repo), { force: true });
}

/**
 * Sets the entries that an earlier commit staged and never brought to the branch back to what the branch has. What somebody
 * else has staged at these paths since stays. Does nothing while the branch is not checked out. Code: GIT_LOCKED.
 */
export async function undoStaged(repo: Repository, ref: string, patienceMs: number): Promise<void> {
  const noted = readNote(repo);
  if (noted === null) return;
  const head = readHeadNow(repo);
  if (head.ref !== ref || head.operation !== null) return;
  const now = await entriesNow(repo);
  const ours = noted.filter(({ path, mode, sha }) => (now.get(path) ?? null) === (isRemoval(mode) ? null : sha));
  const entries = await Promise.all(ours.map(({ path }) => entryOf(repo, ref, path)));
  if (entries.length > 0) await setIndexEntries(repo, entries, patienceMs);
  failpoint("git.unstage.after-index");
  forgetStaged(repo);
}

/** What the branch has at a path. */
async function entryOf(repo: Repository, ref: string, path: string): Promise<IndexEntry> {
  const tip = refSha(repo, ref) ?? "";
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

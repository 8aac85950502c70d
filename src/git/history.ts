import { parentsOf } from "./objects.ts";
import { checkRevision } from "./ref-name.ts";
import type { Repository } from "./repository.ts";
import { git } from "./run.ts";

export type HistoryEntry = {
  sha: string;
  /** Ms since the epoch. */
  at: number;
  author: string;
  subject: string;
  trailers: ReadonlyArray<readonly [key: string, value: string]>;
};

/**
 * When each path came to where it is: the time of the last commit that added it there, in ms since the epoch. One process
 * for any number of paths; paths that were added before the last `maxCommits` commits are left out.
 */
export async function lastEntered(
  repo: Repository,
  { ref, paths, maxCommits = 5000 }: { ref: string; paths: readonly string[]; maxCommits?: number },
): Promise<Map<string, number>> {
  const wanted = new Set(paths);
  const entered = new Map<string, number>();
  if (wanted.size === 0) return entered;
  const args = ["log", `--max-count=${maxCommits}`, "--format=%x01%ct", "--name-only", "-z", "--diff-filter=A"];
  const text = await git(repo, [...args, "--no-renames", checkRevision(ref), "--", ...foldersOf(paths)]);
  let at = 0;
  for (const part of text.split("\0")) {
    // The line end before the names belongs to git's layout, not to the first name.
    const line = part.replace(/^\n/, "");
    if (line.startsWith("\x01")) at = Number(line.slice(1)) * 1000;
    else if (wanted.has(line) && !entered.has(line)) entered.set(line, at);
  }
  return entered;
}

/** Who committed, and under which subject, what `tip` has and none of `without` has; the newest first. Code: GIT_FAILED. */
export async function logCommitters(
  repo: Repository,
  { tip, without, maxCount = 2000 }: { tip: string; without: readonly string[]; maxCount?: number },
): Promise<{ email: string; subject: string }[]> {
  const args = ["log", "-z", `--max-count=${maxCount}`, "--format=%ce%x01%s", checkRevision(tip)];
  const text = await git(repo, [...args, "--not", ...without.map((it) => checkRevision(it)), "--"]);
  return text.split("\0").flatMap((it) => {
    const [email = "", subject = ""] = it.split("\x01");
    return email === "" ? [] : [{ email, subject }];
  });
}

/**
 * The commit from which on a commit has a top-level folder as it is there, back along those parents of merges that have it the
 * same; null: it never had one. Code: GIT_FAILED.
 */
export async function lastChangeOf(repo: Repository, sha: string, folder: string): Promise<string | null> {
  const args = ["rev-list", "--max-count=1", checkRevision(sha), "--", `:(top,literal)${folder}`];
  const text = (await git(repo, args)).trim();
  return text === "" ? null : text;
}

/** The newest commit on the first parents of one commit that another one holds; null: none. Code: GIT_FAILED. */
export async function lastHeld(repo: Repository, { of, by }: { of: string; by: string }): Promise<string | null> {
  const text = await git(repo, ["rev-list", "--first-parent", checkRevision(of), "--not", checkRevision(by), "--"]);
  const oldest = text.trimEnd().split("\n").at(-1) ?? "";
  return oldest === "" ? of : ((await parentsOf(repo, oldest))[0] ?? null);
}

/**
 * The commits of these refs that speak of a task (trailer `Task: <id>`), the newest first.
 * `isFirstParent`: without what came with merges; `without`: nor what these commits hold. Code: GIT_FAILED.
 */
export async function logTask(
  repo: Repository,
  {
    refs,
    task,
    maxCount = 200,
    isFirstParent = false,
    without = [],
  }: {
    refs: readonly string[];
    task: string;
    maxCount?: number;
    isFirstParent?: boolean;
    without?: readonly string[];
  },
): Promise<HistoryEntry[]> {
  const format = "%x01%H%x00%ct%x00%an%x00%s%x00%(trailers:only,unfold)";
  const args = ["log", "-z", `--format=${format}`, "--fixed-strings", `--grep=Task: ${task}`];
  if (isFirstParent) args.push("--first-parent");
  const others = without.map((it) => `^${checkRevision(it)}`);
  const text = await git(repo, [...args, ...refs.map(checkRevision), ...others, "--"]);
  const entries = text.split("\x01").flatMap((it) => (it === "" ? [] : [parseEntry(it)]));
  const ofTask = entries.filter((it) => it.trailers.some(([key, value]) => key === "Task" && value === task));
  return ofTask.slice(0, maxCount);
}

function parseEntry(text: string): HistoryEntry {
  const [sha = "", seconds = "0", author = "", subject = "", trailers = ""] = text.split("\0");
  return { sha, at: Number(seconds) * 1000, author, subject, trailers: parseTrailers(trailers) };
}

function parseTrailers(text: string): [string, string][] {
  return text.split("\n").flatMap((line) => {
    const at = line.indexOf(": ");
    return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 2)] satisfies [string, string]];
  });
}

// Literal, and only the folders: thousands of paths would not fit into the arguments.
function foldersOf(paths: readonly string[]): string[] {
  const folders = new Set(paths.map((it) => it.slice(0, Math.max(it.lastIndexOf("/"), 0))));
  return folders.has("") ? [":/"] : [...folders].map((it) => `:(top,literal)${it}`);
}

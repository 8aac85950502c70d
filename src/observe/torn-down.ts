import { existsSync } from "node:fs";
import { join } from "node:path";
import { foreignIndex } from "../git/clean-index.ts";
import { indexPaths } from "../git/index-paths.ts";
import type { Repository } from "../git/repository.ts";
import { type BoardIndex, idOfPath } from "./board-index.ts";
import { kindOfPath } from "./list-board.ts";
import type { RepoReading } from "./repo-state.ts";

/**
 * So many files of the board that go at once, and git is not told of any, were taken by a checkout that was cut short: it takes
 * away what the other commit has not, and when a filter fails, the disk is full or somebody presses Ctrl-C, that is all it did.
 */
const AT_ONCE = 3;

/**
 * `gone`: what is missing, until it is back or git is told that it is to go. `leftOut`: a file that a sparse checkout leaves out,
 * by the index that was `seen`.
 */
export type TornPart = { gone: ReadonlySet<string>; leftOut: string | null; seen: string };

type Look = {
  index: BoardIndex;
  touched: ReadonlySet<string>;
  reading: RepoReading;
  mayBeStashed(path: string): boolean;
};

export function createTornPart(): TornPart {
  return { gone: NONE, leftOut: null, seen: "" };
}

/**
 * The same reading, or that of an operation in progress: while files are gone from the board that nobody told git to remove, or
 * are left out by a sparse checkout. Starts no process.
 */
export function unlessTorn(part: TornPart, repo: Repository, look: Look): RepoReading {
  const { index, touched, reading, mayBeStashed } = look;
  if (reading.state !== "ready") return reading;
  const seen = foreignIndex(repo);
  if (part.seen !== seen) Object.assign(part, { seen, leftOut: firstLeftOut(repo, readTracked(repo)) });
  if (part.leftOut !== null && !existsSync(join(repo.top, part.leftOut))) return sparseReading(reading, part.leftOut);
  const least = part.gone.size > 0 ? 1 : AT_ONCE;
  const missing = [...new Set([...part.gone, ...touched, ...index.absences.keys()])].filter(
    (path) => index.headFiles.has(path) && isMissing(index, path) && !mayBeStashed(path),
  );
  const gone = missing.length < least ? [] : unstaged(repo, index, missing);
  part.gone = gone.length < least ? NONE : new Set(gone);
  return part.gone.size === 0 ? reading : tornReading(reading, part.gone);
}

/** The same for somebody who only looks, and takes the files for the board: by the index alone. */
export function unlessTornNow(repo: Repository, index: BoardIndex, reading: RepoReading): RepoReading {
  if (reading.state !== "ready") return reading;
  const tracked = readTracked(repo);
  const leftOut = firstLeftOut(repo, tracked);
  if (leftOut !== null) return sparseReading(reading, leftOut);
  const missing = [...(tracked ?? [])].filter(([path]) => path.startsWith("board/") && isMissing(index, path));
  if (missing.length < AT_ONCE) return reading;
  const blobs = blobsOn(index);
  const gone = missing.filter(([, { sha }]) => !blobs.has(sha)).map(([path]) => path);
  return gone.length < AT_ONCE ? reading : tornReading(reading, new Set(gone));
}

const NONE: ReadonlySet<string> = new Set<string>();

function blobsOn({ disk }: BoardIndex): ReadonlySet<string | null> {
  return new Set([...disk.tasks.values(), ...disk.others.values()].map(({ blobSha }) => blobSha));
}

function isMissing(index: BoardIndex, path: string): boolean {
  const kind = kindOfPath(path);
  if (kind === null || index.disk.tasks.has(path) || index.disk.others.has(path)) return false;
  return kind === "other" || !index.byId.has(idOfPath(path));
}

// Who gives many tasks other names, or moves a folder, takes none away, and what git was told of is a person's removal.
function unstaged(repo: Repository, index: BoardIndex, missing: readonly string[]): string[] {
  const tracked = readTracked(repo);
  const blobs = blobsOn(index);
  return missing.filter((path) => tracked?.has(path) !== false && !blobs.has(index.headFiles.get(path) ?? ""));
}

type Tracked = ReturnType<typeof indexPaths>;

function readTracked(repo: Repository): Tracked {
  return indexPaths(repo, ["board", "sessions"]);
}

function firstLeftOut(repo: Repository, tracked: Tracked): string | null {
  for (const [path, { isLeftOut }] of tracked ?? []) if (isLeftOut && !existsSync(join(repo.top, path))) return path;
  return null;
}

function tornReading(reading: RepoReading, gone: ReadonlySet<string>): RepoReading {
  const [first = "", second] = [...gone].toSorted();
  const names = second === undefined ? first : `${first}, ${second}${gone.size > 2 ? ", …" : ""}`;
  const what = `${gone.size} ${gone.size === 1 ? "file is" : "files are"} gone from the board at once, and git was not told`;
  const next =
    "`git restore board sessions` brings all back as committed, `git add --all board` says that they are to go";
  return { ...reading, state: "operation", detail: `${what} (${names}): ${next}`, lookAgainAt: null };
}

function sparseReading(reading: RepoReading, path: string): RepoReading {
  const detail = `a sparse checkout leaves out ${path}: \`git sparse-checkout add board sessions personas\``;
  return { ...reading, state: "operation", detail, lookAgainAt: null };
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { isTaskFile } from "../board/task-file.ts";
import { KanbandError } from "../errors.ts";
import { foreignIndex } from "../git/clean-index.ts";
import { stampOf } from "../git/head.ts";
import { indexPaths } from "../git/index-paths.ts";
import type { Repository } from "../git/repository.ts";
import { type BoardIndex, idOfPath } from "./board-index.ts";
import { goneNote, readGone } from "./gone-note.ts";
import { kindOfPath } from "./list-board.ts";
import type { RepoReading } from "./repo-state.ts";
import { isRestGone, liesAsElsewhere, overwritten, type TrackedBoard } from "./torn-evidence.ts";
import { sparseReading, tornReading } from "./torn-words.ts";

/**
 * So many tasks that go at once, or one together with its session files, and git is not told of any, were taken by a checkout
 * that was cut short: it takes away what the other commit has not, and when a filter fails, the disk is full or somebody
 * presses Ctrl-C, that is all it did.
 */
const AT_ONCE = 3;

/** Null for an index that git cannot read either. */
type Tracked = TrackedBoard["tracked"] | null;
const NONE: TrackedBoard["tracked"] = new Map();

/**
 * `gone`: what is missing, until it is back or git is told that it is to go. `moved`: what is missing and lay under another name
 * when it was first missed. `leftOut`: a file that a sparse checkout leaves out, by the index that was `seen`. `tracked`: what
 * the index has, by its stamp.
 */
export type TornPart = {
  readonly runtimeDir: string;
  /** Null for everybody but the daemon. */
  readonly noteGone: NoteGone | null;
  gone: ReadonlySet<string>;
  moved: ReadonlySet<string>;
  leftOut: string | null;
  seen: string;
  tracked: { stamp: string; paths: Tracked };
};

type NoteGone = (runtimeDir: string, gone: ReadonlySet<string>) => void;

type Look = {
  index: BoardIndex;
  /** Paths of which something was heard; null for somebody who only looks, and takes the files for the board. */
  heard: Iterable<string> | null;
  reading: RepoReading;
  mayBeStashed(path: string): boolean;
};

export function createTornPart(runtimeDir: string, noteGone: NoteGone | null): TornPart {
  const tracked = { stamp: "", paths: null };
  return { runtimeDir, noteGone, gone: readGone(runtimeDir), moved: new Set(), leftOut: null, seen: "", tracked };
}

/**
 * The same reading, or that of an operation in progress: while files are gone from the board that nobody told git to remove, or
 * are left out by a sparse checkout. Starts a process only where git alone can read the index.
 */
export async function unlessTorn(part: TornPart, repo: Repository, look: Look): Promise<RepoReading> {
  const { reading } = look;
  if (reading.state !== "ready") return reading;
  const seen = foreignIndex(repo);
  if (part.seen !== seen) Object.assign(part, { seen, leftOut: firstLeftOut(repo, await readTracked(part, repo)) });
  if (part.leftOut !== null && !existsSync(join(repo.top, part.leftOut)))
    return sparseReading(repo, reading, part.leftOut);
  if (part.noteGone === null) part.gone = readGone(part.runtimeDir);
  const gone = new Set(await findGone(part, repo, look));
  if (keyOf(gone) !== keyOf(part.gone)) part.noteGone?.(part.runtimeDir, gone);
  part.gone = gone;
  if (gone.size === 0) return reading;
  const isNoted = keyOf(readGone(part.runtimeDir)) === keyOf(gone);
  return tornReading(repo, reading, gone, isNoted ? goneNote(part.runtimeDir) : null);
}

async function findGone(part: TornPart, repo: Repository, look: Look): Promise<string[]> {
  const { index } = look;
  // Whose name is used again is another file.
  part.moved = new Set([...part.moved].filter((it) => index.headFiles.has(it) && isMissing(index, it)));
  const missing = await findMissing(part, repo, look);
  const isHeld = part.gone.size > 0;
  if (missing.length === 0 && !isHeld) return [];
  const tracked = await readTracked(part, repo);
  const at = { repo, index, tracked: tracked ?? NONE };
  // What git was told of is a person's removal.
  const lost = missing.filter((it) => tracked?.has(it) !== false);
  const isElsewhere = (it: string): boolean =>
    !part.gone.has(it) && kindOfPath(it) === "task" && index.byId.has(idOfPath(it));
  // Who gives many tasks other names, or moves a folder, takes none away; what is in the new file is edited right after that.
  const blobs = blobsOn(index);
  const gone = lost.filter((it) => !isElsewhere(it));
  const moved = gone.filter((it) => part.moved.has(it) || blobs.has(tracked?.get(it)?.sha ?? ""));
  part.moved = new Set(moved.filter((it) => !part.gone.has(it)));
  const tasks = gone.filter((it) => !part.moved.has(it));
  const elsewhere = lost.filter(isElsewhere);
  const sessions = goneSessions(part, at, [...tasks, ...elsewhere]);
  const torn = await tornApart(at, { tasks: isHeld ? [] : tasks, elsewhere, sessions });
  if (!isHeld && torn === null && tasks.length < AT_ONCE) return [];
  // Once it is held, what a person moves is theirs again.
  const others = isHeld ? (torn?.paths ?? []) : torn === null ? [] : elsewhere;
  const written = await overwritten(at, torn === null || isHeld ? part.gone : at.tracked.keys());
  return [...new Set([...tasks, ...others, ...sessions, ...written])];
}

type Lost = { tasks: readonly string[]; elsewhere: readonly string[]; sessions: readonly string[] };

/** The tasks that lie elsewhere because a checkout was cut short; null where nothing but their number speaks for one. */
async function tornApart(at: TrackedBoard, { tasks, elsewhere, sessions }: Lost): Promise<{ paths: string[] } | null> {
  const ids = new Set(sessions.map((it) => it.split("/")[1] ?? ""));
  // Nobody's `mv` takes sessions.
  const paths = elsewhere.filter((it) => ids.has(idOfPath(it)));
  const asElsewhere: string[] = [];
  for (const it of elsewhere) if (!paths.includes(it) && (await liesAsElsewhere(at, it))) asElsewhere.push(it);
  const suspects = [...tasks, ...asElsewhere];
  if (suspects.length > 0 && (await isRestGone(at.repo, suspects))) return { paths: [...paths, ...asElsewhere] };
  return sessions.length > 0 ? { paths } : null;
}

async function findMissing(part: TornPart, repo: Repository, look: Look): Promise<string[]> {
  const { index, heard, mayBeStashed } = look;
  if (heard === null) return [...((await readTracked(part, repo))?.keys() ?? [])].filter((it) => isMissing(index, it));
  return [...new Set([...part.gone, ...heard])].filter(
    (it) => index.headFiles.has(it) && isMissing(index, it) && !mayBeStashed(it),
  );
}

// A README and `.gitkeep` are nobody's work.
function isMissing(index: BoardIndex, path: string): boolean {
  const kind = kindOfPath(path);
  if (kind === null || index.disk.tasks.has(path) || index.disk.others.has(path)) return false;
  return kind === "task" || isTaskFile(path.slice(path.lastIndexOf("/") + 1));
}

function goneSessions(part: TornPart, { repo, tracked }: TrackedBoard, tasks: readonly string[]): string[] {
  const ids = new Set(tasks.map(idOfPath));
  return [...tracked.keys()].filter((it) => isSessionOf(ids, part.gone, it) && !existsSync(join(repo.top, it)));
}

function isSessionOf(ids: ReadonlySet<string>, gone: ReadonlySet<string>, path: string): boolean {
  return path.startsWith("sessions/") && (gone.has(path) || ids.has(path.split("/")[1] ?? ""));
}

function blobsOn({ disk }: BoardIndex): ReadonlySet<string | null> {
  return new Set([...disk.tasks.values(), ...disk.others.values()].map(({ blobSha }) => blobSha));
}

function firstLeftOut(repo: Repository, tracked: Tracked): string | null {
  for (const [path, { isLeftOut }] of tracked ?? []) if (isLeftOut && !existsSync(join(repo.top, path))) return path;
  return null;
}

async function readTracked(part: TornPart, repo: Repository): Promise<Tracked> {
  const stamp = stampOf(join(repo.gitDir, "index"));
  if (part.tracked.stamp !== stamp) part.tracked = { stamp, paths: await indexPathsOrNull(repo) };
  return part.tracked.paths;
}

// Of an index that git cannot read somebody else has to say so.
async function indexPathsOrNull(repo: Repository): Promise<Tracked> {
  try {
    return await indexPaths(repo, ["board", "sessions"]);
  } catch (error) {
    if (error instanceof KanbandError && error.code === "GIT_FAILED") return null;
    throw error;
  }
}

function keyOf(paths: ReadonlySet<string>): string {
  return [...paths].toSorted().join("\n");
}

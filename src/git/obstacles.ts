import { join } from "node:path";
import { type FileDiff, parseRawDiff } from "./branches.ts";
import { readHeadNow } from "./head.ts";
import { findInTheWay, findStagedInTheWay, holdsNothing } from "./in-the-way.ts";
import { setIndexEntries, waitForIndex } from "./index-entries.ts";
import { createLook, type OnDisk, readOnDisk } from "./on-disk.ts";
import type { GitPlace } from "./profile.ts";
import type { ObjectFormat } from "./repository.ts";
import { git, gitResult } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";
import { areUntouched } from "./untouched.ts";

const PATIENCE_MS = 5000;

/** `arrived`: what the working tree and its index have already of what is to come; only told where nothing is in the way. */
export type Obstacles = { paths: string[]; arrived: FileDiff[] };

/**
 * The paths at which a working tree cannot move from one commit to another, because somebody changed or staged them. A file
 * that already is what the commit will have (a move that was cut short, or the same edit made by hand) is none; its index
 * entry is set to say so; nor is what the same commit takes away, where a file becomes a folder or a folder a file.
 * Code: GIT_LOCKED.
 */
export async function findObstacles(
  place: GitPlace,
  format: ObjectFormat,
  diffs: readonly FileDiff[],
): Promise<Obstacles> {
  const { operation } = readHeadNow(place);
  if (operation !== null) return inTheWayAre([`(a ${operation} is in progress in ${place.top})`]);
  await waitForIndex(place, Date.now() + PATIENCE_MS);
  // Three looks of git at all files are saved where nobody has been at those few.
  if (areUntouched(place, format, diffs)) return NONE;
  const env = await safeEnvironment(place);
  // Entries whose stat data is merely old would look changed.
  await gitResult(place, ["update-index", "-q", "--refresh"], { env, ok: [1, 128] });
  const staged = await changedPaths(place, env, ["diff-index", "--cached", ...RAW, "HEAD", "--"]);
  const changed = await changedPaths(place, env, ["diff-files", ...RAW]);

  const look = createLook(place.top);
  const entered = [...staged.values()].filter(({ status }) => status !== "D").map(({ path }) => path);
  const inTheWay = [...findInTheWay(place.top, look, diffs), ...findStagedInTheWay(entered, diffs)];
  const doubtful = diffs.filter(({ path, status }) => {
    return staged.has(path) || changed.has(path) || (status === "A" && look.at(path) !== null);
  });
  if (doubtful.length + inTheWay.length === 0) return NONE;
  const onDisk = await readOnDisk(place, { env, format, paths: doubtful.map(({ path }) => path) });
  const arrived = doubtful.filter((it) => hasArrived(it, onDisk.get(it.path) ?? null, staged.get(it.path)));
  const changes = doubtful.filter((it) => !arrived.includes(it) && !isRoom(place, it, onDisk)).map((it) => it.path);
  const paths = [...inTheWay, ...changes];
  if (paths.length > 0) return inTheWayAre(paths);
  const entries = arrived.map(({ path, status, newMode, newSha }) => {
    return { path, mode: status === "D" ? "0" : newMode, sha: newSha };
  });
  // A folder in the place of a file, or the reverse: the one goes before the other comes.
  entries.sort((one, other) => Number(one.mode !== "0") - Number(other.mode !== "0"));
  if (entries.length > 0) await setIndexEntries(place, entries, PATIENCE_MS);
  return { paths: [], arrived };
}

const NONE: Obstacles = { paths: [], arrived: [] };

function inTheWayAre(paths: readonly string[]): Obstacles {
  return { paths: [...new Set(paths)], arrived: [] };
}

/** Whether a path is, on disk and as far as it is staged, what the commit will have there. */
function hasArrived(it: FileDiff, now: OnDisk | null, staged: FileDiff | undefined): boolean {
  if (staged !== undefined && staged.newSha !== it.newSha) return false;
  const isFolder = now === null || now.kind === "folder";
  if (it.status === "D") return isFolder;
  // Of a submodule git keeps the commit alone: its files are its own.
  if (it.newMode === SUBMODULE) return isFolder && staged !== undefined;
  return now !== null && now.kind === (it.newMode === LINK ? "link" : "file") && now.sha === it.newSha;
}

/** Whether nothing but a folder stands where something new comes; what would be lost in it is looked for elsewhere. */
function isRoom(place: GitPlace, { path, status, newMode }: FileDiff, onDisk: ReadonlyMap<string, OnDisk>): boolean {
  if (status !== "A" || onDisk.get(path)?.kind !== "folder") return false;
  return newMode !== SUBMODULE || holdsNothing(join(place.top, path));
}

const LINK = "120000";
const SUBMODULE = "160000";

const RAW = ["--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--ignore-submodules=all"];

/** By path; the new side is what is staged, or what is on disk. */
async function changedPaths(
  place: GitPlace,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Map<string, FileDiff>> {
  return new Map(parseRawDiff(await git(place, args, { env })).map((it) => [it.path, it]));
}

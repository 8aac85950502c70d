import { join } from "node:path";
import { type FileDiff, parseRawDiff } from "./branches.ts";
import { readHeadNow } from "./head.ts";
import { findInTheWay, findStagedInTheWay, holdsNothing } from "./in-the-way.ts";
import { waitForIndex } from "./index-entries.ts";
import { createLook, type OnDisk, readOnDisk } from "./on-disk.ts";
import type { GitPlace } from "./profile.ts";
import type { ObjectFormat } from "./repository.ts";
import { git } from "./run.ts";
import { personsEnvironment } from "./safe-config.ts";
import { isSide, type Kept } from "./sides.ts";
import { type Hidden, hiddenOf, readTagged } from "./tagged-entries.ts";
import { describeConflict } from "./unmerged.ts";
import { areUntouched } from "./untouched.ts";
import { HELD_PATIENCE_MS } from "./while-free.ts";

/** `arrived`: what the working tree has already of what is to come; only told where nothing is in the way. */
export type Obstacles = {
  paths: string[];
  /** Those of them that git is told not to look at: no `git status` names them. */
  hidden: Hidden[];
  arrived: FileDiff[];
  /** What of that is not staged. */
  unstaged: FileDiff[];
};

/**
 * The paths at which a working tree cannot move from one commit to another, because somebody changed or staged them. A file
 * that already is what the commit will have (a move that was cut short, or the same edit made by hand) is none; nor is what the
 * same commit takes away, where a file becomes a folder or a folder a file. Code: GIT_LOCKED.
 */
export async function findObstacles(
  place: GitPlace,
  format: ObjectFormat,
  { diffs, kept }: { diffs: readonly FileDiff[]; kept: Kept },
): Promise<Obstacles> {
  const { operation } = readHeadNow(place);
  if (operation !== null) return inTheWayAre([`(a ${operation} is in progress in ${place.top})`]);
  await waitForIndex(place, Date.now() + HELD_PATIENCE_MS);
  // Three looks of git at all files are saved where nobody has been at those few.
  if (areUntouched(place, format, diffs)) return NONE;
  const env = await personsEnvironment(place);
  const staged = await changedPaths(place, env, ["diff-index", "--cached", ...RAW, "HEAD", "--"]);
  const unmerged = [...staged.values()].filter(({ status }) => status === "U").map(({ path }) => path);
  if (unmerged.length > 0) return inTheWayAre([describeConflict(place, unmerged)]);
  const changed = await changedPaths(place, env, ["diff-files", ...RAW]);

  const look = createLook(place.top);
  const entered = [...staged.values()].filter(({ status }) => status !== "D").map(({ path }) => path);
  const inTheWay = [...findInTheWay(place.top, look, diffs), ...findStagedInTheWay(entered, diffs)];
  const entries = await readTagged(place, env);
  const hidden = hiddenOf(
    entries,
    diffs.map(({ path }) => path),
  );
  const blind = new Set(hidden.map(({ path }) => path));
  const doubtful = diffs.filter(({ path, status }) => {
    const isUnseen = status === "A" || blind.has(path);
    return staged.has(path) || changed.has(path) || (isUnseen && look.at(path) !== null);
  });
  if (doubtful.length + inTheWay.length === 0) return NONE;
  const onDisk = await readOnDisk(place, { env, format, paths: doubtful.map(({ path }) => path) });
  const arrived = doubtful.filter((it) => {
    // Left out of the working tree, it is where the index says it is.
    const isLeftOut = entries.get(it.path)?.isLeftOut === true && look.at(it.path) === null;
    return isLeftOut
      ? isStaged(it, staged)
      : hasArrived(it, { now: onDisk.get(it.path) ?? null, staged: staged.get(it.path), kept });
  });
  const changes = doubtful.filter((it) => {
    // Git names files whose times alone are other ones, too, and a refresh would lock the index.
    const isUnchanged =
      (blind.has(it.path) || it.status !== "A") &&
      !staged.has(it.path) &&
      isSide(onDisk.get(it.path) ?? null, { mode: it.oldMode, sha: it.oldSha, kept });
    return !arrived.includes(it) && !isUnchanged && !isRoom(place, it, onDisk);
  });
  const paths = [...inTheWay, ...changes.map(({ path }) => path)];
  if (paths.length > 0) return inTheWayAre(paths, hidden);
  return { paths: [], hidden: [], arrived, unstaged: arrived.filter((it) => !isStaged(it, staged)) };
}

const NONE: Obstacles = { paths: [], hidden: [], arrived: [], unstaged: [] };

function inTheWayAre(paths: readonly string[], hidden: readonly Hidden[] = []): Obstacles {
  return {
    paths: [...new Set(paths)],
    hidden: hidden.filter(({ path }) => paths.includes(path)),
    arrived: [],
    unstaged: [],
  };
}

/** Whether the new side is staged just so. */
function isStaged({ path, newMode, newSha }: FileDiff, staged: ReadonlyMap<string, FileDiff>): boolean {
  const entry = staged.get(path);
  return entry !== undefined && entry.newMode === newMode && entry.newSha === newSha;
}

/** Whether a path is, on disk and as far as it is staged, what the commit will have there. */
function hasArrived(
  it: FileDiff,
  { now, staged, kept }: { now: OnDisk | null; staged: FileDiff | undefined; kept: Kept },
): boolean {
  if (staged !== undefined && staged.newSha !== it.newSha) return false;
  // Of a submodule git keeps the commit alone: its files are its own.
  if (it.newMode === SUBMODULE && staged === undefined) return false;
  return isSide(now, { mode: it.newMode, sha: it.newSha, kept });
}

/** Whether nothing but a folder stands where something new comes; what would be lost in it is looked for elsewhere. */
function isRoom(place: GitPlace, { path, status, newMode }: FileDiff, onDisk: ReadonlyMap<string, OnDisk>): boolean {
  if (status !== "A" || onDisk.get(path)?.kind !== "folder") return false;
  return newMode !== SUBMODULE || holdsNothing(join(place.top, path));
}

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

import { lstatSync, type Stats } from "node:fs";
import { join } from "node:path";
import { type FileDiff, parseRawDiff } from "./branches.ts";
import { readHeadNow } from "./head.ts";
import { setIndexEntries, waitForIndex } from "./index-entries.ts";
import type { GitPlace } from "./profile.ts";
import type { ObjectFormat } from "./repository.ts";
import { git, gitResult, gitWithInput } from "./run.ts";
import { safeEnvironment } from "./safe-config.ts";
import { areUntouched } from "./untouched.ts";

const PATIENCE_MS = 5000;

/**
 * The paths at which a working tree cannot move from one commit to another, because somebody changed or staged them. A file
 * that already is what the commit will have (a move that was cut short, or the same edit made by hand) is none; its index
 * entry is set to say so. Code: GIT_LOCKED.
 */
export async function findObstacles(
  place: GitPlace,
  format: ObjectFormat,
  diffs: readonly FileDiff[],
): Promise<string[]> {
  const { operation } = readHeadNow(place);
  if (operation !== null) return [`(a ${operation} is in progress in ${place.top})`];
  await waitForIndex(place, Date.now() + PATIENCE_MS);
  // Three looks of git at all files are saved where nobody has been at those few.
  if (areUntouched(place, format, diffs)) return [];
  const env = await safeEnvironment(place);
  // Entries whose stat data is merely old would look changed.
  await gitResult(place, ["update-index", "-q", "--refresh"], { env, ok: [1, 128] });
  const staged = await changedPaths(place, env, ["diff-index", "--cached", ...RAW, "HEAD", "--"]);
  const changed = await changedPaths(place, env, ["diff-files", ...RAW]);

  const doubtful = diffs.filter(({ path, status }) => {
    return staged.has(path) || changed.has(path) || (status === "A" && exists(place, path));
  });
  if (doubtful.length === 0) return [];
  const onDisk = await hashFiles(place, env, doubtful);
  const isNew = (it: FileDiff): boolean => (onDisk.get(it.path) ?? null) === (it.status === "D" ? null : it.newSha);
  const isStagedElse = (it: FileDiff): boolean => staged.has(it.path) && staged.get(it.path) !== it.newSha;
  const arrived = doubtful.filter((it) => isNew(it) && !isStagedElse(it));
  const obstacles = doubtful.filter((it) => !arrived.includes(it)).map((it) => it.path);
  if (obstacles.length > 0 || arrived.length === 0) return obstacles;
  const entries = arrived.map(({ path, status, newMode, newSha }) => {
    return { path, mode: status === "D" ? "0" : newMode, sha: newSha };
  });
  await setIndexEntries(place, entries, PATIENCE_MS);
  return [];
}

const RAW = ["--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff", "--ignore-submodules=all"];

/** Path to the id on the newer side. */
async function changedPaths(
  place: GitPlace,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Map<string, string>> {
  return new Map(parseRawDiff(await git(place, args, { env })).map((it) => [it.path, it.newSha]));
}

async function hashFiles(
  place: GitPlace,
  env: Readonly<Record<string, string>>,
  diffs: readonly FileDiff[],
): Promise<Map<string, string>> {
  const paths = diffs.map((it) => it.path).filter((it) => isFile(place, it));
  const names = paths.map((it) => `${quote(join(place.top, it))}\n`).join("");
  const { stdout } = await gitWithInput(place, ["hash-object", "--stdin-paths"], names, { env });
  const shas = stdout.split("\n");
  return new Map(paths.map((path, index) => [path, shas[index] ?? ""]));
}

// Names are one a line; git reads the quotes of C.
function quote(path: string): string {
  return `"${path.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

function exists(place: GitPlace, path: string): boolean {
  return statOf(place, path) !== null;
}

function isFile(place: GitPlace, path: string): boolean {
  const stat = statOf(place, path);
  return stat !== null && stat !== "in-the-way" && stat.isFile();
}

function statOf(place: GitPlace, path: string): Stats | "in-the-way" | null {
  try {
    return lstatSync(join(place.top, path), { throwIfNoEntry: false }) ?? null;
  } catch {
    // A file stands where the path has a folder.
    return "in-the-way";
  }
}

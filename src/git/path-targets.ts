import { type BigIntStats, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { KanbandError } from "../errors.ts";
import { hasCode } from "../files/place.ts";
import { makeObject, type NewObject } from "./loose-object.ts";
import { findPath, readTree } from "./objects.ts";
import type { Repository } from "./repository.ts";

/** A file to commit as it is on disk. `sha`: null deletes; a known id spares reading the file; undefined reads it. */
export type PathChange = { path: string; sha?: string | null | undefined };

/**
 * What a path is to be in the commit. `to` null: gone. `object` is there when its content may have to be written.
 * `stamp` tells whether the file on disk is still the one that was looked at; empty when there was none.
 */
export type Target = { to: { mode: string; sha: string } | null; object: NewObject | null; stamp: string };

/** Looks what each path is to be. Bytes are taken raw: no filter, no change of line ends. Code: WRITE_FAILED. */
export async function readTargets(
  repo: Repository,
  changes: readonly PathChange[],
  root: string | null,
): Promise<Map<string, Target>> {
  for (const { path } of changes) checkPath(path);
  const known = await knownOf(repo, changes, root);
  const targets = new Map<string, Target>();
  for (const { path, sha } of changes) {
    targets.set(
      path,
      await readTarget(repo, path, sha !== undefined && sha !== null && !known.has(sha) ? undefined : sha),
    );
  }
  return targets;
}

/** Whether the files on disk are still those that were looked at. */
export function areTargetsFresh(repo: Repository, targets: ReadonlyMap<string, Target>): boolean {
  for (const [path, { stamp }] of targets) {
    if (stampOfFile(lookAt(repo, path)) !== stamp) return false;
  }
  return true;
}

async function readTarget(repo: Repository, path: string, sha: string | null | undefined): Promise<Target> {
  const stat = lookAt(repo, path);
  const stamp = stampOfFile(stat);
  // A folder in the place of a file: the file is gone.
  if (sha === null || stat === undefined || stat.isDirectory()) return { to: null, object: null, stamp };
  const mode = await modeOf(repo, path, stat);
  if (sha !== undefined) return { to: { mode, sha }, object: null, stamp };
  // A link or a device is not ours to commit, and reading it could block.
  const full = join(repo.top, path);
  if (!stat.isFile()) throw new KanbandError("WRITE_FAILED", `${full} is not a regular file and is not committed`);
  try {
    const object = makeObject(repo, "blob", readFileSync(full));
    return { to: { mode, sha: object.sha }, object, stamp };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return { to: null, object: null, stamp: "" };
    throw new KanbandError("WRITE_FAILED", `Cannot read ${full}`, { cause: error });
  }
}

/** Which of the given ids are there. Many are looked for where moved files come from: the folders that are touched. */
async function knownOf(
  repo: Repository,
  changes: readonly PathChange[],
  root: string | null,
): Promise<ReadonlySet<string>> {
  const given = new Set(changes.flatMap(({ sha }) => sha ?? []));
  const known = new Set<string>();
  if (given.size > FEW && root !== null) {
    for (const folder of new Set(changes.map(({ path }) => path.slice(0, Math.max(path.lastIndexOf("/"), 0))))) {
      for (const { sha } of await readTree(repo, root, folder)) if (given.has(sha)) known.add(sha);
    }
  }
  const others = [...given].filter((it) => !known.has(it));
  await Promise.all(
    others.map(async (sha) => {
      if ((await repo.catFile.look(sha))?.type === "blob") known.add(sha);
    }),
  );
  return known;
}

const FEW = 16;

function lookAt(repo: Repository, path: string): BigIntStats | undefined {
  try {
    return lstatSync(join(repo.top, path), { throwIfNoEntry: false, bigint: true });
  } catch (error) {
    // A file stands where the path has a folder.
    if (hasCode(error, "ENOTDIR")) return undefined;
    throw error;
  }
}

function stampOfFile(stat: BigIntStats | undefined): string {
  return stat === undefined || stat.isDirectory() ? "" : `${stat.ino}:${stat.size}:${stat.mtimeNs}`;
}

async function modeOf(repo: Repository, path: string, stat: BigIntStats): Promise<string> {
  if (repo.isExecutableBitKept) return (stat.mode & 0o100n) !== 0n ? "100755" : "100644";
  return (await findPath(repo, "HEAD", path))?.mode === "100755" ? "100755" : "100644";
}

function checkPath(path: string): void {
  const isPlain = path.split("/").every((it) => it !== "" && it !== "." && it !== ".." && it.toLowerCase() !== ".git");
  if (!isPlain || path.includes("\0"))
    throw new KanbandError("INTERNAL", `Not a path to commit: ${JSON.stringify(path)}`);
}

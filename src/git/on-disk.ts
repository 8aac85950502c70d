import { lstatSync, readlinkSync, type Stats } from "node:fs";
import { dirname, join } from "node:path";
import { blobSha } from "../files/blob-sha.ts";
import { hasCode } from "../files/place.ts";
import type { GitPlace } from "./profile.ts";
import type { ObjectFormat } from "./repository.ts";
import { gitWithInput } from "./run.ts";

/** What stands at a path of a working tree, with the id that git would give it. */
export type OnDisk =
  | { kind: "file"; sha: string; isExecutable: boolean }
  | { kind: "link"; sha: string }
  | { kind: "folder" }
  | { kind: "other" };

/** Looks at paths of one working tree, and never through a symbolic link: what lies behind one is elsewhere. */
export type Look = {
  /** Null: nothing, or something above it is no folder. */
  at(path: string): Stats | null;
  /** The path above it, the nearest to the top, at which something stands that is no folder. */
  above(path: string): string | null;
};

/** One look; what it has seen of folders it does not look at again. */
export function createLook(top: string): Look {
  const known = new Map<string, string | null>([[".", null]]);
  function blockerOf(folder: string): string | null {
    const seen = known.get(folder);
    if (seen !== undefined) return seen;
    const above = blockerOf(dirname(folder));
    const stat = above === null ? statOf(join(top, folder)) : null;
    const blocker = above ?? (stat === null || stat.isDirectory() ? null : folder);
    known.set(folder, blocker);
    return blocker;
  }
  const above = (path: string): string | null => blockerOf(dirname(path));
  return { above, at: (path) => (above(path) === null ? statOf(join(top, path)) : null) };
}

/**
 * What stands at these paths; those where nothing does are left out. Files are read as git would take them in. Code:
 * GIT_FAILED.
 */
export async function readOnDisk(
  place: GitPlace,
  { env, format, paths }: { env: Readonly<Record<string, string>>; format: ObjectFormat; paths: readonly string[] },
): Promise<Map<string, OnDisk>> {
  const look = createLook(place.top);
  const found = new Map<string, OnDisk>();
  const files: { path: string; isExecutable: boolean }[] = [];
  for (const path of paths) {
    const stat = look.at(path);
    if (stat === null) continue;
    if (stat.isFile()) files.push({ path, isExecutable: (stat.mode & 0o100) !== 0 });
    else if (stat.isSymbolicLink()) found.set(path, { kind: "link", sha: linkSha(join(place.top, path), format) });
    else found.set(path, { kind: stat.isDirectory() ? "folder" : "other" });
  }
  if (files.length === 0) return found;
  // By their names in the tree: by these the attributes are found that say how git takes them in.
  const names = files.map(({ path }) => quote(path)).join("");
  const { stdout } = await gitWithInput(place, ["hash-object", "--stdin-paths"], names, { env });
  const shas = stdout.split("\n");
  for (const [index, { path, isExecutable }] of files.entries())
    found.set(path, { kind: "file", sha: shas[index] ?? "", isExecutable });
  return found;
}

// Git keeps where a link points to, byte for byte.
function linkSha(path: string, format: ObjectFormat): string {
  return blobSha(readlinkSync(path, { encoding: "buffer" }), format);
}

/** Null also for a path at which nothing can be: a file or a link to itself is above it, or its name is too long. */
export function orNothing<T>(look: () => T | undefined): T | null {
  try {
    return look() ?? null;
  } catch (error) {
    if (hasCode(error, "ENOTDIR", "ELOOP", "ENAMETOOLONG")) return null;
    throw error;
  }
}

// Names are one a line; git reads the quotes of C.
function quote(path: string): string {
  return `"${path.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"\n`;
}

function statOf(path: string): Stats | null {
  return orNothing(() => lstatSync(path, { throwIfNoEntry: false }));
}

import { relative, sep } from "node:path";
import { foldName } from "../board/portable-name.ts";
import { findPath, readTree } from "../git/objects.ts";
import { SESSION_FOLDER } from "./setup-script.ts";
import { CONVENTION_FOLDERS, type World } from "./world.ts";

/** Whether a path is in, or stands in the place of, a folder of the convention. */
export function isOfConvention(path: string): boolean {
  const [top = ""] = path.split("/");
  return CONVENTION_FOLDERS.some((it) => it === foldName(top));
}

const OWN_FOLDERS = [".kanband", SESSION_FOLDER];

/**
 * Whether a path is in, or stands in the place of, a folder that the daemon keeps in a working tree: its pool, what a run
 * reads.
 */
export function isOfDaemon(path: string): boolean {
  const [top = ""] = path.split("/");
  return OWN_FOLDERS.includes(foldName(top));
}

/**
 * Whether a path is in the board's own working tree, stands in its place, or in that of a folder on the way to it: where the board
 * has a branch of its own, it is checked out within the code's.
 */
export function isOfBoardRoot({ boardRoot, codeRepo }: World, path: string): boolean {
  const place = relative(codeRepo.top, boardRoot);
  const names = place.split(sep).map(foldName);
  if (place === "" || names[0] === "..") return false;
  return path
    .split("/")
    .slice(0, names.length)
    .every((it, at) => foldName(it) === names[at]);
}

/** The first folder of the convention in which two commits or trees differ; null: none. */
export async function differingFolder(world: World, one: string, other: string): Promise<string | null> {
  for (const folder of CONVENTION_FOLDERS) {
    const [a, b] = [await findPath(world.codeRepo, one, folder), await findPath(world.codeRepo, other, folder)];
    if (a?.sha !== b?.sha || a?.mode !== b?.mode) return folder;
  }
  return null;
}

/** Whether two commits or trees are one but for the folders of the convention: `verify` says of both what it says of one. */
export async function isSameCode(world: World, a: string, b: string): Promise<boolean> {
  return (await codeOf(world, a)) === (await codeOf(world, b));
}

/** All of a commit or tree but the folders of the convention: the same text for the same code. */
export async function codeOf(world: World, tree: string): Promise<string> {
  const entries = await readTree(world.codeRepo, tree);
  return JSON.stringify(entries.filter(({ name }) => !(CONVENTION_FOLDERS as readonly string[]).includes(name)));
}

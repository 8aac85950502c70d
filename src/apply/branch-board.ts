import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { lastChangeOf, lastHeld } from "../git/history.ts";
import { findPath } from "../git/objects.ts";
import { readCommit } from "../git/read-commit.ts";
import { baseRefOf, CONVENTION_FOLDERS, type World } from "./world.ts";

type Folder = (typeof CONVENTION_FOLDERS)[number];

/** The line of a commit's message that names a commit which the daemon brought into a branch with it. */
export function stackedOn(name: string, sha: string): string {
  return `Stacked-On: ${name} ${sha}`;
}

function broughtInWith(message: string): string[] {
  return [...message.matchAll(/^Stacked-On: .+ ([0-9a-f]{40,64})$/gm)].map(([, sha = ""]) => sha);
}

/** So many commits of a branch, back along its first parents, are looked at for where its board comes from. */
const FARTHEST = 256;

/**
 * Whether a branch has the board as it was where it left the base, or as the daemon brought it in since then: its agent changed
 * nothing of it. Whoever writes a commit like the daemon's gains nothing: what is inherited is left out where it is merged.
 */
export async function isInherited(
  world: World,
  { tip, branchedFrom }: { tip: string; branchedFrom: string | null },
): Promise<boolean> {
  for (const folder of CONVENTION_FOLDERS) {
    const id = await idOf(world, tip, folder);
    if (branchedFrom !== null && id === (await idOf(world, branchedFrom, folder))) continue;
    if (!(await isBroughtIn(world, { tip, folder, id }))) return false;
  }
  return true;
}

async function isBroughtIn(
  world: World,
  { tip, folder, id }: { tip: string; folder: Folder; id: string | null },
): Promise<boolean> {
  let sha = tip;
  for (let count = 0; count < FARTHEST; count++) {
    const commit = await readCommit(world.codeRepo, sha);
    if (commit === null) return false;
    for (const it of broughtInWith(commit.message)) if ((await idOf(world, it, folder)) === id) return true;
    const [first] = commit.parents;
    if (first === undefined || (await idOf(world, first, folder)) !== id) return false;
    sha = first;
  }
  return false;
}

/**
 * The folders of the board that a merge of two commits, for a task's branch, has as `theirs` has them: those that are newer there.
 * Else the base, merged by hand with such a branch, would lose what was written on the board since `ours`. What an agent
 * changed in `ours` is not newer elsewhere. Code: GIT_FAILED.
 */
export async function newerFolders(world: World, { ours, theirs }: Sides): Promise<string[]> {
  const newer: string[] = [];
  let fromBase: Sides<string | null> | null = null;
  for (const folder of CONVENTION_FOLDERS) {
    if ((await idOf(world, ours, folder)) === (await idOf(world, theirs, folder))) continue;
    fromBase ??= { ours: await newestOfBase(world, ours), theirs: await newestOfBase(world, theirs) };
    if (await isNewer(world, { ours, theirs, fromBase, folder })) newer.push(folder);
  }
  return newer;
}

type Sides<T = string> = { ours: T; theirs: T };

async function newestOfBase(world: World, by: string): Promise<string | null> {
  const of = await resolveRef(world.codeRepo, baseRefOf(world));
  return of === null ? null : await lastHeld(world.codeRepo, { of, by });
}

async function isNewer(
  world: World,
  { ours, theirs, fromBase, folder }: Sides & { fromBase: Sides<string | null>; folder: Folder },
): Promise<boolean> {
  const repo = world.codeRepo;
  const isAsIn = async (sha: string | null, side: string): Promise<boolean> =>
    sha !== null && (await idOf(world, sha, folder)) === (await idOf(world, side, folder));
  // Told by the base first: its board may be again what it was before.
  const isOfBase = (await isAsIn(fromBase.ours, ours)) && (await isAsIn(fromBase.theirs, theirs));
  if (isOfBase) return await isAncestor(repo, fromBase.ours ?? ours, fromBase.theirs ?? theirs);
  const [one, other] = [await lastChangeOf(repo, ours, folder), await lastChangeOf(repo, theirs, folder)];
  return one === null || (other !== null && (await isAncestor(repo, one, other)));
}

async function idOf(world: World, sha: string, folder: Folder): Promise<string | null> {
  const entry = await findPath(world.codeRepo, sha, folder);
  return entry === null ? null : `${entry.mode} ${entry.sha}`;
}

import { diffFiles, type FileDiff, isAncestor, mergeBase } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { findPath } from "../git/objects.ts";
import { lostStart } from "./begin-anew.ts";
import { isInherited } from "./branch-board.ts";
import { isOfConvention } from "./convention-folders.ts";
import { lowerFork } from "./fork-point.ts";
import { type Foundation, foundationOf } from "./foundation.ts";
import { mergeIntoBase } from "./merge-into-base.ts";
import { baseRefOf, type World } from "./world.ts";

/** The task's branch, and what it may have been started from: a task, or a branch. */
type BranchFacts = {
  taskId: string;
  tip: string;
  startSha: string | null;
  branchedFrom: string | null;
  base: string | null;
};

/**
 * What a task's branch changes, all its attempts together: what merging it now would change in the base; where it conflicts,
 * what it changed since it left the base and the base has otherwise. What it started from, and the base lacks, is not its own.
 */
export async function changedPaths(world: World, facts: BranchFacts): Promise<FileDiff[]> {
  const { tip, startSha } = facts;
  const repo = world.codeRepo;
  const base = await resolveRef(repo, baseRefOf(world));
  // What is in the base already changes nothing there.
  if (base !== null && (base === tip || (tip === startSha && (await isAncestor(repo, tip, base))))) return [];
  if (base === null) return startSha === null ? [] : await diffFiles(repo, startSha, tip);
  const foundation = await foundationOf(world, facts);
  if (foundation !== null) return await sinceFoundation(world, facts, foundation);
  return await withoutLower(world, facts, await againstBase(world, base, facts));
}

async function againstBase(world: World, base: string, { tip, branchedFrom }: BranchFacts): Promise<FileDiff[]> {
  const repo = world.codeRepo;
  const merged = await mergeIntoBase(world, { baseSha: base, branchSha: tip, branchedFrom });
  if (!("conflicts" in merged)) return await diffFiles(repo, base, merged.tree);
  const fork = (await lostStart(world, { tip, baseSha: base, branchedFrom })) ?? (await mergeBase(repo, base, tip));
  const different = await diffFiles(repo, base, tip);
  if (fork === null) return different;
  const paths = new Set(different.map(({ path }) => path));
  const isBoardIts = !(await isInherited(world, { tip, branchedFrom }));
  const own = await diffFiles(repo, fork, tip);
  return own.filter(({ path }) => paths.has(path) && (isBoardIts || !isOfConvention(path)));
}

/** What it makes of the branches that it stands on: what these changed their tasks answer for, and nothing else. */
async function sinceFoundation(
  world: World,
  { tip, branchedFrom }: BranchFacts,
  { sha, below, lent }: Foundation,
): Promise<FileDiff[]> {
  const isBoardIts = !(await isInherited(world, { tip, branchedFrom }));
  const own = await diffFiles(world.codeRepo, sha, tip);
  // A file with the very markers that joining them leaves is not mended, though it does not differ from what they make together.
  const seen = new Set(own.map(({ path }) => path));
  const [first] = below;
  const marked = first === undefined || lent.size === 0 ? [] : await diffFiles(world.codeRepo, first, tip);
  const unmended = marked.filter(({ path }) => lent.has(path) && !seen.has(path));
  return [...own, ...unmended].filter(({ path }) => isBoardIts || !isOfConvention(path));
}

/** Takes out what is as the branch below has it, which its task answers for. */
async function withoutLower(
  world: World,
  { tip, base: name }: BranchFacts,
  changes: readonly FileDiff[],
): Promise<FileDiff[]> {
  if (changes.length === 0) return [...changes];
  const repo = world.codeRepo;
  const fork = await lowerFork(world, tip, name);
  if (fork === null) return [...changes];
  const own: FileDiff[] = [];
  for (const it of changes) {
    const [here, below] = [await findPath(repo, tip, it.path), await findPath(repo, fork, it.path)];
    if (here?.sha !== below?.sha || here?.mode !== below?.mode) own.push(it);
  }
  return own;
}

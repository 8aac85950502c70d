import { join } from "node:path";
import type { Snapshot } from "../decide/snapshot.ts";
import { failpoint } from "../files/failpoint.ts";
import { diffFiles, isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { advanceBase } from "../git/merge.ts";
import { treeIdOf } from "../git/objects.ts";
import { readRegularFile } from "./board-file.ts";
import { type Chain, chainLandings, type Link } from "./chain-landings.ts";
import { describeConflict } from "./conflict-report.ts";
import { dirtyFiles } from "./dirty-files.ts";
import { anyLandingOnBase, findLanding, landingOnBase } from "./find-landing.ts";
import { type BatchSubject, type MergePart, mergeParts } from "./merge-part.ts";
import { recordDirty, recordHeld, recordMerged, recordRed } from "./merge-records.ts";
import { writeMerge } from "./merge-session.ts";
import { type NextTree, nextTree } from "./next-tree.ts";
import { intoAnother } from "./path-refusals.ts";
import { readResults, type TreeResult } from "./tree-results.ts";
import { verifyMerged } from "./verify-merged.ts";
import { baseRefOf, type World } from "./world.ts";

const TRIES = 10;
const GREEN: TreeResult = { isGreen: true, red: [] };

/**
 * Merges accepted tasks together, as far as they go: their landings are chained upon the base as it is now, `verify` runs on the
 * last tree, and one swap moves the base. Where it is red, trees between tell which task makes it so; those before it are
 * merged, and it alone is told. Everything is found again from what is on disk: it may be called anew after each run of `verify`.
 */
export async function mergeBatch(world: World, snapshot: Snapshot, subjects: readonly BatchSubject[]): Promise<void> {
  let parts = await mergeParts(world, snapshot, subjects);
  const ref = baseRefOf(world);
  for (let tries = 0; tries < TRIES && parts.length > 0; tries++) {
    const baseSha = await resolveRef(world.codeRepo, ref);
    if (baseSha === null) return refuse(world, parts[0], `the base branch ${world.settings().base} does not exist`);
    parts = await withoutMerged(world, baseSha, parts);
    const chain = await chainLandings(world, baseSha, parts);
    if (chain.refusal !== null) return await recordRefusal(world, chain.refusal);
    const { links } = chain;
    const [first] = links;
    if (first === undefined) return;
    const landed = await landedBefore(world, links, baseSha);
    if (landed !== null) {
      recordMerged(world, [landed]);
      parts = parts.filter((it) => it !== landed.part);
      continue;
    }
    const next = nextStep(world, links, first);
    if (next.state === "try") return await verifyMerged(world, snapshot, { links: links.slice(0, next.count), parts });
    const last = links[next.count - 1];
    if (last === undefined) return recordRed(world, links, next);
    const landing = links.slice(0, next.count);
    failpoint("apply.merge.before-advance");
    const mayMove = () => acceptedCount(world, snapshot, landing) === landing.length;
    const advance = await advanceBase(world.codeRepo, { ref, from: baseSha, to: last.commitSha, mayMove });
    failpoint("apply.merge.after-advance");
    if (advance.state === "moved") {
      recordMerged(world, landing);
      return recordRed(world, links, next);
    }
    if (advance.state === "moved-meanwhile") continue;
    if (advance.state === "withdrawn") {
      parts = landing.slice(0, acceptedCount(world, snapshot, landing)).map(({ part }) => part);
      continue;
    }
    const clean = await cleanCount(world, landing, advance.files);
    if (advance.state === "nested") return refuse(world, links[clean]?.part, intoAnother(advance.files));
    if (clean === 0) {
      if (advance.state === "held") return recordHeld(world, first, advance.reason);
      return recordDirty(world, first, dirtyFiles(advance));
    }
    // What is before the one that has to wait goes on without it.
    parts = landing.slice(0, clean).map(({ part }) => part);
  }
}

/**
 * The first that changes nothing any more, because it landed before with a commit that nobody lived to write down, and in another
 * style than is set now. Only then the history has to be looked at.
 */
async function landedBefore(
  world: World,
  links: readonly Link[],
  baseSha: string,
): Promise<{ part: MergePart; commitSha: string } | null> {
  for (const { part, onto, tree } of links) {
    if (tree !== (await treeIdOf(world.codeRepo, onto))) continue;
    const { branchSha } = part.landing;
    const commitSha = await landingOnBase(world, { taskId: part.subject.taskId, branchSha, baseSha });
    if (commitSha !== null) return { part, commitSha };
  }
  return null;
}

function nextStep(world: World, links: readonly Link[], first: Link): NextTree {
  const results = readResults(world, first.part.subject.taskId);
  const known = links.map(({ key, commands }) => (commands.length === 0 ? GREEN : (results.get(key) ?? null)));
  return nextTree(known, world.settings().checks.retry);
}

/** What the base holds already was merged by somebody else, or by a run that nobody lived to tell of. */
async function withoutMerged(
  world: World,
  baseSha: string,
  parts: readonly MergePart[],
): Promise<readonly MergePart[]> {
  const rest: MergePart[] = [];
  for (const part of parts) {
    const it = { taskId: part.subject.taskId, branchSha: part.landing.branchSha, baseSha };
    const isHere = await isAncestor(world.codeRepo, it.branchSha, baseSha);
    const landing = isHere ? await anyLandingOnBase(world, it) : await findLanding(world, it);
    if (isHere || landing !== null) recordMerged(world, [{ part, commitSha: landing }]);
    else rest.push(part);
  }
  return rest;
}

/** How many of the first landings are of tasks whose files lie where they were accepted, at this instant. */
function acceptedCount({ boardRoot }: World, { tasks }: Snapshot, links: readonly Link[]): number {
  const index = links.findIndex(({ part }) => {
    const file = tasks.find(({ id, lane }) => id === part.subject.taskId && lane === "done");
    return file === undefined || readRegularFile(join(boardRoot, file.path)) === null;
  });
  return index < 0 ? links.length : index;
}

/** How many of the first landings touch none of these files, nor anything above or below them. */
async function cleanCount(world: World, links: readonly Link[], files: readonly string[]): Promise<number> {
  for (const [index, { onto, commitSha }] of links.entries()) {
    const changed = await diffFiles(world.codeRepo, onto, commitSha);
    if (changed.some(({ path }) => files.some((it) => areOfOneWay(path, it)))) return index;
  }
  return 0;
}

function areOfOneWay(one: string, other: string): boolean {
  const [a, b] = [one, other].map((it) => `${it}/`.replace("//", "/")) as [string, string];
  return a.startsWith(b) || b.startsWith(a);
}

async function recordRefusal(world: World, { part, landing }: NonNullable<Chain["refusal"]>): Promise<void> {
  if (landing.state === "refused") return refuse(world, part, landing.reason);
  writeMerge(world, part.subject, { verdict: "conflict", ...(await describeConflict(world, landing)) });
}

function refuse(world: World, part: MergePart | undefined, reason: string): void {
  if (part !== undefined) writeMerge(world, part.subject, { verdict: "checks-failed", reason, text: reason });
}

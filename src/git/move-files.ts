import { copyFileSync, existsSync, readdirSync, renameSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { hasCode, orWriteFailed } from "../files/place.ts";
import { adoptTimes } from "./adopt-times.ts";
import { buildTree } from "./build-tree.ts";
import type { FileDiff } from "./diff-trees.ts";
import { stampOf } from "./head.ts";
import { entryOf, indexInfo } from "./index-entries.ts";
import { writeObjects } from "./loose-object.ts";
import { moveInPlace, readTree, refusedBy, type Wanted } from "./move-in-place.ts";
import {
  beginMove,
  dropMove,
  endMove,
  isHeldByMove,
  isUnderWay,
  leaveMove,
  listMoves,
  lockIndex,
  type Move,
  type Plan,
  readPlan,
  releaseIndex,
  type Step,
  seeSide,
  statOf,
  writePlan,
} from "./move-plan.ts";
import { treeIdOf } from "./objects.ts";
import type { Target } from "./path-targets.ts";
import { placeFiles, putBack } from "./place-files.ts";
import type { GitPlace } from "./profile.ts";
import type { Repository } from "./repository.ts";
import { gitWithInput } from "./run.ts";
import { personsEnvironment } from "./safe-config.ts";
import { findTakenOver } from "./taken-over.ts";
import { isReadable } from "./unfit-names.ts";
import { INDEX_PATIENCE_MS } from "./while-free.ts";

/**
 * Moves a working tree and its index from one commit or tree to another: only what differs between the two, all else stays,
 * staged or not. Answers the files that somebody has changed since they were seen: then nothing has moved.
 *
 * Git writes the new files aside, beside a copy of the index, for as long as it takes. Then each old file is taken out of its
 * place by name, looked at, and the new one put there, which is never over anything; then the index takes the place of the old
 * one, whose lock is held for that long. Whoever is killed is found out by the plan: `settleMoves`.
 * Codes: GIT_LOCKED, GIT_FAILED, WRITE_FAILED.
 */
export async function moveFiles(
  repo: Repository,
  place: GitPlace,
  wanted: Wanted & { patienceMs?: number },
): Promise<string[]> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const prepared = await prepareFiles(place, wanted);
    if ("refused" in prepared) return prepared.refused;
    const isHeld = await holdIndex(prepared, wanted.patienceMs ?? INDEX_PATIENCE_MS).catch((error: unknown) => {
      dropPrepared(prepared);
      throw error;
    });
    if (isHeld) {
      const left = await carryOut(repo, prepared);
      endCarried(prepared);
      return left;
    }
    dropPrepared(prepared);
  }
  throw new KanbandError(
    "GIT_LOCKED",
    `${join(place.gitDir, "index")} is written by another git process again and again`,
  );
}

/** A move of which all is written aside and nothing has moved. `aside`: null where git has to do all of it in its place. */
export type Prepared = {
  place: GitPlace;
  wanted: Wanted;
  aside: { move: Move; plan: Plan; stamp: string } | null;
};

/**
 * The first part of a move, which takes as long as it takes and is in nobody's way. Then comes `holdIndex`, then `carryOut`; or
 * `dropPrepared` instead. `refused`: the files that git finds in its way. Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function prepareFiles(place: GitPlace, wanted: Wanted): Promise<Prepared | { refused: string[] }> {
  if (isNothing(wanted) || !canGoAside(place, wanted.diffs)) return { place, wanted, aside: null };
  const stamp = stampOf(join(place.gitDir, "index"));
  const move = orWriteFailed(place.gitDir, () => beginMove(place));
  try {
    const refused = await prepare(place, move, wanted);
    failpoint("git.advance.after-aside");
    if (refused.length === 0)
      return { place, wanted, aside: { move, plan: { to: wanted.to, steps: stepsOf(move, wanted) }, stamp } };
    dropMove(place, move);
    return { refused };
  } catch (error) {
    dropMove(place, move);
    throw error;
  }
}

/** False: the index was written since it was copied, so nothing of this move fits any more. Code: GIT_LOCKED. */
export async function holdIndex({ place, aside }: Prepared, patienceMs: number): Promise<boolean> {
  if (aside === null) return true;
  await lockIndex(place, aside.move, patienceMs);
  failpoint("git.advance.after-lock");
  if (stampOf(join(place.gitDir, "index")) === aside.stamp) return true;
  releaseIndex(place, aside.move);
  return false;
}

/** Lets go of the index, for `holdIndex` to be tried again. */
export function letIndexGo({ place, aside }: Prepared): void {
  if (aside !== null) releaseIndex(place, aside.move);
}

/** Removes what was written aside, and lets go of the index. */
export function dropPrepared(prepared: Prepared): void {
  letIndexGo(prepared);
  if (prepared.aside !== null) dropMove(prepared.place, prepared.aside.move);
}

// Somebody stages something in each of them.
const MOST_TRIES = 5;

/**
 * Ends the moves in a working tree that somebody was killed in, with the ref held that they are for: what was half-way is put
 * back. What somebody is about goes on. Answers where each of those would have gone, and the files that had to stay
 * as somebody has them now; `takenOver`: those that they have staged or committed. Code: WRITE_FAILED.
 */
export function settleMoves(place: GitPlace): { to: string; left: string[]; takenOver: ReadonlySet<string> }[] {
  return orWriteFailed(place.top, () =>
    listMoves(place).flatMap((move) => {
      if (isUnderWay(move)) return [];
      const plan = existsSync(move.index) ? readPlan(move) : null;
      const takenOver = plan === null ? new Set<string>() : findTakenOver(place, move, plan);
      const left = plan === null ? [] : putBack(place.top, move, plan, takenOver);
      endMove(place, move);
      return plan === null ? [] : [{ to: plan.to, left, takenOver }];
    }),
  );
}

/** Whether somebody was killed in a move of this working tree, or before it began. */
export function hasHalves(place: GitPlace): boolean {
  return isHeldByMove(place) || listMoves(place).some((it) => existsSync(it.index) && !isUnderWay(it));
}

/**
 * The tree of a commit with the new side of these differences in it, but for names that are not UTF-8.
 * Codes: GIT_FAILED, WRITE_FAILED.
 */
export async function treeWith(repo: Repository, commit: string, diffs: readonly FileDiff[]): Promise<string> {
  const known = diffs.filter(({ path }) => isReadable(path));
  const targets = known.map(({ path, status, newMode, newSha }): [string, Target] => {
    const to = status === "D" ? null : { mode: newMode, sha: newSha };
    return [path, { to, object: null, stamp: "" }];
  });
  const { sha, objects } = await buildTree(repo, await treeIdOf(repo, commit), new Map(targets));
  await writeObjects(repo, objects);
  return sha;
}

/** Whether files can be exchanged by name: not across file systems, nor under a name that is not UTF-8. */
function canGoAside(place: GitPlace, diffs: readonly FileDiff[]): boolean {
  const device = statOf(place.top)?.dev;
  const folders = new Set(diffs.map(({ path }) => dirname(path)));
  const isNear = [...folders].every((folder) => {
    const stat = statOf(join(place.top, folder));
    return stat === null || stat.dev === device;
  });
  return isNear && diffs.every(({ path }) => isReadable(path));
}

/** Writes the new files and the index to come. Answers what git finds in its way in the index. */
async function prepare(place: GitPlace, { folder, index }: Move, wanted: Wanted): Promise<string[]> {
  orWriteFailed(index, () => copyFileSync(join(place.gitDir, "index"), index));
  const entries = (wanted.unstaged ?? []).map((it) => entryOf(it, "new"));
  const env = { ...(await personsEnvironment(place)), GIT_INDEX_FILE: index };
  if (entries.length > 0)
    await gitWithInput(place, ["update-index", "-z", "--index-info"], indexInfo(entries), { env });
  return await refusedBy(() => readTree({ ...place, top: join(folder, "new") }, wanted, { GIT_INDEX_FILE: index }));
}

/** What goes comes first, from below, to make room for what takes its place as a folder or a file. */
function stepsOf({ folder }: Move, { diffs, seen }: Wanted): Step[] {
  const known = new Set(diffs.map(({ path }) => path));
  const all = diffs.flatMap((diff): Step[] => {
    const { path, status, oldMode, newMode } = diff;
    const { side: there, changed } = seen.get(path) ?? { side: "", changed: "" };
    const isModule = oldMode === SUBMODULE;
    if (isModule && newMode === SUBMODULE) return [];
    // The folder of a submodule is no file of the tree that it is in.
    const old = status === "A" || (isModule && there !== "folder") ? "" : there;
    const now = status === "D" ? "" : seeSide(join(folder, "new", path));
    return [{ path, old, now, ...(old.startsWith("file:") ? { changed, sha: diff.oldSha } : {}) }];
  });
  const extra = filesIn(join(folder, "new")).filter((path) => !known.has(path));
  const steps = all.filter(({ old, now }) => old !== "" || now !== "");
  return [
    ...steps.filter(({ now }) => now === "").toReversed(),
    ...steps.filter(({ now }) => now !== ""),
    ...extra.map((path) => ({ path, old: "", now: seeSide(join(folder, "new", path)), isExtra: true })),
  ];
}

const SUBMODULE = "160000";

function filesIn(top: string): string[] {
  const entries = readdirSync(top, { withFileTypes: true, recursive: true });
  return entries.flatMap((it) => (it.isDirectory() ? [] : [relative(top, join(it.parentPath, it.name))]));
}

/**
 * Whether something may have moved though `carryOut` failed: git stops half-way on a full disk, and with the index in its place
 * all is done. What was exchanged by name alone is put back by then, or planned.
 */
export function mayBeAhead({ place, aside }: Prepared): boolean {
  return aside === null || stampOf(join(place.gitDir, "index")) !== aside.stamp;
}

/**
 * The second part, with the index held. Answers the files that somebody has changed: then nothing has moved. Where all has, the
 * index stays held until `endCarried`.
 */
export async function carryOut(repo: Repository, prepared: Prepared): Promise<string[]> {
  const { place, wanted, aside } = prepared;
  if (isNothing(wanted)) return [];
  if (aside === null) return await moveInPlace(place, wanted);
  const { move, plan } = aside;
  try {
    writePlan(move, plan);
    failpoint("git.advance.after-plan");
    return orWriteFailed(place.top, () => {
      const taken = placeFiles(place.top, move, plan);
      const left = taken === null ? [] : [taken, ...putBack(place.top, move, plan)];
      if (taken === null) putIndex(repo, place, { move, plan });
      else endMove(place, move);
      return [...new Set(left)].sort();
    });
  } catch (error) {
    // What cannot be put back now, as with a full disk, is planned: whoever comes next does it.
    leaveMove(move);
    await Promise.resolve(place)
      .then(settleMoves)
      .catch(() => undefined);
    // Mounts of one file system, as of a container, are told apart by nothing else; what was done is put back by now.
    const isAcross = error instanceof KanbandError && hasCode(error.cause, "EXDEV") && !existsSync(move.index);
    if (!isAcross) throw error;
    prepared.aside = null;
    return await moveInPlace(place, wanted);
  }
}

/** What was carried out is over: lets the index go. Where that fails now, whoever settles moves does it. */
export function endCarried({ place, aside }: Prepared): void {
  if (aside === null) return;
  try {
    endMove(place, aside.move);
  } catch {
    leaveMove(aside.move);
  }
}

function isNothing({ diffs, unstaged = [] }: Wanted): boolean {
  return diffs.length + unstaged.length === 0;
}

function putIndex(repo: Repository, place: GitPlace, { move, plan }: { move: Move; plan: Plan }): void {
  const stats = plan.steps.flatMap(({ path }) => {
    const stat = statOf(join(place.top, path));
    return stat === null ? [] : [[path, stat] as const];
  });
  adoptTimes(move.index, repo.objectFormat, new Map(stats));
  failpoint("git.advance.before-index");
  renameSync(move.index, join(place.gitDir, "index"));
  failpoint("git.advance.after-index");
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { branchOf } from "../board/branch.ts";
import { UNDONE } from "../board/landed.ts";
import { parseSession } from "../board/session-file.ts";
import type { Effect } from "../decide/action.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { commitTree, mergeTrees } from "../git/merge.ts";
import { mergeOver } from "../git/merge-over.ts";
import { treeIdOf } from "../git/objects.ts";
import { type RefMove, updateRefs } from "../git/ref-update.ts";
import { withFoldersOf } from "../git/swap-folders.ts";
import { listCheckouts } from "../git/worktree-admin.ts";
import { readRegularFile } from "./board-file.ts";
import { isInherited, newerFolders, stackedOn } from "./branch-board.ts";
import { branchedFromOf } from "./branched-from.ts";
import { withConflictNotes } from "./conflict-notes.ts";
import { lastLanding } from "./own-entries.ts";
import { describeTipConflicts, restackPath, writeRestack } from "./restack-session.ts";
import { hasRun } from "./run-id.ts";
import { heldTips, stackMoves } from "./start-commit.ts";
import { baseRefOf, branchRefOf, CONVENTION_FOLDERS, type World } from "./world.ts";

type RestackEffect = Extract<Effect, { kind: "restack" }>;

/** `from`: the tip of the lower branch that the upper one holds; `to`: what it is to hold instead. */
type Step = { tip: string; from: string; to: string; moves: readonly RefMove[] };

/**
 * Lets a branch follow the one below it, or the base once that has the work: by a merge of what differs from the tip that it
 * holds, so that no history is rewritten, whatever was done to that of the lower branch. A conflict is left in the branch for
 * the next run, or only told of. What came of it is in `restack.md`. Nothing is done while the branch is checked out.
 */
export async function restack(world: World, effect: RestackEffect, snapshot: Snapshot): Promise<void> {
  const { taskId, lower } = effect;
  const repo = world.codeRepo;
  const tip = await resolveRef(repo, branchRefOf(taskId));
  const held = heldTips(repo, taskId);
  const from = held.get(lower);
  const to = effect.onto ?? (await resolveRef(repo, baseRefOf(world)));
  if (tip === null || tip !== effect.tip || from === undefined || to === null || hasRun(world, taskId)) return;
  if (isOvertaken(world, taskId, snapshot)) return;
  if (listCheckouts(repo).some(({ branch }) => branch === branchOf(taskId))) return;
  const left = new Map(held);
  if (effect.onto === null) left.delete(lower);
  else left.set(lower, to);
  const step: Step = { tip, from, to, moves: stackMoves(taskId, held, left) };
  const isHere = effect.onto !== null && (await isAncestor(repo, to, tip));
  // The base has that very commit, or the branch has what came after it: only the record is behind.
  const isEven = (await isAncestor(repo, from, to)) && (effect.onto === null || isHere);
  if (isEven) return await move(world, step, null);
  // Closed without its work: what stands on it is all that has it now, and keeps it as its own.
  if (effect.onto === null && (await isNowhere(world, lower, { from, to }))) return await move(world, step, null);
  await follow(world, effect, snapshot, step, isHere);
}

/**
 * Whether somebody took back, since it was looked, that it followed: the branch is then where it was before that, as if nothing
 * had happened, but the file and the record are not.
 */
function isOvertaken(world: World, taskId: string, { tasks, sessions }: Snapshot): boolean {
  const path = tasks.find(({ id }) => id === taskId)?.path;
  if (path !== undefined && !existsSync(join(world.boardRoot, path))) return true;
  const bytes = readRegularFile(join(world.boardRoot, restackPath(taskId)));
  const now = bytes === null ? null : parseSession(restackPath(taskId), taskId, bytes).session;
  const known = sessions.get(taskId)?.find(({ step }) => step === "restack") ?? null;
  return now?.verdict === UNDONE && now.startedAt !== known?.startedAt;
}

/** Whether the base never got the work of a task that counts as merged, by any commit, as far as can be told. */
async function isNowhere(world: World, lower: string, { from, to }: { from: string; to: string }): Promise<boolean> {
  const repo = world.codeRepo;
  if ((await lastLanding(repo, baseRefOf(world), lower)) !== null) return false;
  const merged = await mergeTrees(repo, to, from);
  return "tree" in merged && merged.tree !== (await treeIdOf(repo, to));
}

async function follow(
  world: World,
  effect: RestackEffect,
  snapshot: Snapshot,
  step: Step,
  isHere: boolean,
): Promise<void> {
  const { taskId, lower, conflicts } = effect;
  const { tip, from, to } = step;
  const repo = world.codeRepo;
  const startedAt = world.clock();
  const name = effect.onto === null ? world.settings().base : branchOf(lower);
  const merged = await mergeOver(repo, { base: from, ours: tip, theirs: to, folders: CONVENTION_FOLDERS });
  const sides = { ours: { name: branchOf(taskId), sha: tip }, theirs: { name, sha: to } };
  const isClean = !("conflicts" in merged);
  const said = isClean
    ? { reason: null, text: `Holds \`${name}\` at ${to} now, instead of ${from}.` }
    : await describeTipConflicts(world, [{ ...sides, merge: merged }]);
  const record = { taskId, ...said, onto: [lower, effect.onto ?? "base"] as const, conflicts, startedAt };
  failpoint("apply.restack.before-record");
  if (!isClean && !effect.isForAgent) {
    writeRestack(world, snapshot, { ...record, verdict: "conflict", commitSha: tip });
    failpoint("apply.restack.after-conflict");
    return;
  }
  const names = { ours: branchOf(taskId), theirs: name };
  const content = isClean ? merged.tree : await withConflictNotes(world, merged, names);
  const folders = await foldersToTake(world, effect, snapshot, step);
  const tree = await withFoldersOf(repo, { tree: content, from: to, folders });
  if (isClean && isHere && tree === (await treeIdOf(repo, tip))) return await move(world, step, null);
  const title = `Merge ${name} into ${branchOf(taskId)}${isClean ? "" : ", conflicts left to mend"}`;
  const message = `${title}\n\n${stackedOn(name, to)}\nInstead-Of: ${from}\n`;
  const parents = isHere ? [tip] : [tip, to];
  const sha = await commitTree(repo, { tree, parents, message });
  const verdict = isClean ? (effect.isRecheck ? "restacked" : "followed") : "to-mend";
  writeRestack(world, snapshot, { ...record, verdict, commitSha: sha });
  failpoint("apply.restack.after-record");
  await move(world, step, { ref: branchRefOf(taskId), from: tip, to: sha });
}

/** The folders of the board that a branch has from what it follows: of the base all, unless its agent changed one. */
async function foldersToTake(
  world: World,
  { taskId, onto }: RestackEffect,
  snapshot: Snapshot,
  { tip, to }: Step,
): Promise<readonly string[]> {
  const branchedFrom = branchedFromOf(snapshot.sessions.get(taskId) ?? [], tip);
  // A person may have rewritten the base: then git cannot tell which one is newer.
  if (onto === null && (await isInherited(world, { tip, branchedFrom }))) return CONVENTION_FOLDERS;
  return await newerFolders(world, { ours: tip, theirs: to });
}

// The branch first: what it does not hold, no ref may ever say that it does.
async function move(world: World, { moves }: Step, branch: RefMove | null): Promise<void> {
  try {
    await updateRefs(world.codeRepo, [...(branch === null ? [] : [branch]), ...moves], { isLogged: true });
  } catch (error) {
    // Somebody else moved one of them: what is to be done then is decided anew.
    if (!(error instanceof KanbandError && error.code === "REF_MOVED")) throw error;
  }
  failpoint("apply.restack.after-refs");
}

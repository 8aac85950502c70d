import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { cycleOfBranch, taskIdOfBranch } from "../board/branch.ts";
import { failpoint } from "../files/failpoint.ts";
import { isAncestor, isCommitHere } from "../git/branches.ts";
import { diffFingerprint, findMovedByHand, fingerprint, restore, type Tampering } from "../git/fingerprint.ts";
import { resolveRef } from "../git/head.ts";
import { lastLogged } from "../git/head-log.ts";
import { preserve } from "../git/preserve-ref.ts";
import { type RunRecord, readRuns } from "../process/read-runs.ts";
import { RUN_FILES } from "../process/run-folder.ts";
import { keepForeignWorktrees } from "./foreign-worktrees.ts";
import {
  type Judged,
  judgeFile,
  judgeHead,
  judgeRef,
  judgeSettings,
  readDeletedRefs,
  type Suspect,
} from "./judge-change.ts";
import { noteMended, readMended } from "./mended.ts";
import { clearPool, mendOwnWorktree } from "./own-worktree.ts";
import { emailOfRun } from "./run-environment.ts";
import { isBoxed, type RunFacts, readRunFacts } from "./run-facts.ts";
import { putFinishedSessionsBack } from "./session-tampering.ts";
import { noteIfUnproven, unprovenNotes } from "./unproven.ts";
import { baseRefOf, runsDirOf, type World } from "./world.ts";

/**
 * `what`: one line each. `undo`: as git's room takes it; what cannot be undone is only told. `kept`: refs that keep what the
 * undoing will remove. `notes`: what is to be said and is nobody's fault.
 */
export type Tampered = {
  what: readonly string[];
  undo: readonly Tampering[];
  kept: readonly string[];
  notes: readonly string[];
};

/**
 * Finds what a run moved in the repository outside its own branch. Most refs that moved meanwhile were moved by people and
 * by the daemon: only that counts behind which the run's own committer address stands in the log of a ref, what its
 * git noted, and what nobody else would touch.
 */
export async function findTampering(world: World, run: RunRecord, facts: RunFacts): Promise<Tampered> {
  const before = facts.fingerprint;
  // Who could not have done it is not suspected.
  if (before === null || isBoxed(facts)) return { what: [], undo: [], kept: [], notes: [] };
  const email = emailOfRun(run.runId);
  const foreign = await keepForeignWorktrees(world, facts, email);
  // What checks do to their own checkout, which is thrown away, harms nobody.
  const isStep = facts.kind === "step";
  if (isStep) await mendOwnWorktree(world, run, facts);
  await clearPool(world, run, facts);
  const notes = await putFinishedSessionsBack(world, run, facts);
  const after = await fingerprint(world.codeRepo);
  const own = `worktrees/${basename(facts.worktree)}`;
  const watchHeads = Object.keys(before.heads).filter((it) => it !== own);
  const changes = diffFingerprint(before, after, { allowRefs: isStep ? [facts.branch] : [], watchHeads });
  const deleted = readDeletedRefs(world, run.runId);
  const moved = changes.flatMap(({ kind, name }) => (kind === "ref" ? [name] : []));
  const byHand = await findMovedByHand(world.codeRepo, before, moved);
  const suspect: Suspect = { world, before, facts, email, deleted, byHand };
  const hasSetup = existsSync(join(run.runDir, RUN_FILES.setup));
  const found: Judged[] = [];
  const unproven: Judged[] = [];
  for (const it of changes) {
    const judged = hasSetup && isOfSetup(it) ? null : await judge(suspect, it);
    if (judged === null) continue;
    const isNobodys = judged.undo !== null && (it.kind === "file" || it.kind === "settings");
    const isUnproven = isNobodys && noteIfUnproven(world, run, { what: judged.what, change: it, after });
    if (isUnproven) unproven.push(judged);
    else found.push(judged);
  }
  for (const { isByHand, what, undo } of found)
    if (isByHand === true && undo !== null) noteBeside(suspect, run, { what, undo });
  await keepDeleted(suspect, changes);
  const made = foreign.map(({ path, name }): Judged => {
    return { what: `made the worktree ${name}`, undo: { kind: "worktree", name: path } };
  });
  const all = [...found, ...made];
  const what = [...readMended(run.runDir), ...all.map((it) => it.what)].toSorted();
  return {
    what: [...new Set(what)],
    undo: [...all, ...unproven].flatMap(({ undo }) => undo ?? []),
    kept: foreign.flatMap(({ refs }) => refs),
    notes: [...notes, ...unprovenNotes(run)],
  };
}

/** Puts back what a run moved. What was there instead stays on a preserved ref. */
export async function undoTampering(world: World, facts: RunFacts, undo: readonly Tampering[]): Promise<void> {
  if (facts.fingerprint === null || undo.length === 0) return;
  failpoint("apply.tampering.before-restore");
  await restore(world.codeRepo, facts.fingerprint, undo, { id: facts.taskId });
  failpoint("apply.tampering.after-restore");
}

// What installs packages installs hooks, too: the board's own command did that, as far as anybody can tell.
function isOfSetup(change: Tampering): boolean {
  return change.kind === "settings" || (change.kind === "file" && change.name.startsWith("hooks/"));
}

/** As it is with garbage: what any of the runs that go on may have done, all of them hear of. */
function noteBeside(
  { world, before }: Suspect,
  { runId }: RunRecord,
  { what, undo }: { what: string; undo: Tampering },
): void {
  for (const other of readRuns(runsDirOf(world))) {
    const facts = readRunFacts(other.record);
    if (other.runId === runId || facts === null || isBoxed(facts)) continue;
    const { refs, logs } = facts.fingerprint ?? {};
    const isSame = refs?.[undo.name] === before.refs[undo.name] && logs?.[undo.name] === before.logs?.[undo.name];
    if (isSame) noteMended(other.runDir, what);
  }
}

async function judge(suspect: Suspect, change: Tampering): Promise<Judged | null> {
  if (change.kind === "worktree") return null;
  if (change.kind === "settings") return judgeSettings(change);
  if (change.kind === "file") return judgeFile(suspect, change);
  return change.kind === "head" ? judgeHead(suspect, change.name) : await judgeRef(suspect, change);
}

/** A branch that is gone may have been deleted by anybody; its commits are kept in any case, but for those that the base has. */
async function keepDeleted({ world, facts }: Suspect, changes: readonly Tampering[]): Promise<void> {
  for (const change of changes) {
    if (change.kind !== "ref" || change.after !== null || change.before === null) continue;
    if (!change.name.startsWith("refs/heads/") || change.before.startsWith("ref:")) continue;
    // What was done by hand leaves the log; what was pruned as well is no more.
    const sha = lastLogged(world.codeRepo, change.name) ?? change.before;
    if (!(await isCommitHere(world.codeRepo, sha)) || (await isMerged(world, sha))) continue;
    await preserve(world.codeRepo, { id: ownerOf(change.name) ?? facts.taskId, sha });
  }
}

/** The task that a branch belongs to: the daemon itself may have dropped it, and kept it there. */
function ownerOf(ref: string): string | null {
  return taskIdOfBranch(ref) ?? cycleOfBranch(ref)?.taskId ?? null;
}

// The daemon itself drops a branch that it has merged.
async function isMerged(world: World, sha: string): Promise<boolean> {
  const base = await resolveRef(world.codeRepo, baseRefOf(world));
  return base !== null && (await isAncestor(world.codeRepo, sha, base));
}

import { join } from "node:path";
import { branchOf } from "../board/branch.ts";
import { editFrontMatter, readFrontMatter } from "../board/front-matter.ts";
import { UNDONE } from "../board/landed.ts";
import type { Lane } from "../board/lane.ts";
import type { Snapshot, TaskView } from "../decide/snapshot.ts";
import { KanbandError } from "../errors.ts";
import { writeFileDurably } from "../files/durable.ts";
import { isAncestor } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { parentsOf } from "../git/objects.ts";
import { readRegularFile } from "./board-file.ts";
import { pathInLane } from "./lane-path.ts";
import { type Follow, lastFollow } from "./last-follow.ts";
import { mergePath, writeMerge } from "./merge-session.ts";
import { subjectNow } from "./merge-subject.ts";
import { undoBranch, undoRun } from "./undo-branch.ts";
import { restoreFile, withoutKeys } from "./undo-file.ts";
import { undoFollow } from "./undo-follow.ts";
import { type Begun, undoMerge } from "./undo-merge.ts";
import { forgetUndo, noteUndo } from "./undo-note.ts";
import { type FileThen, fileBeforeDone, fileIn, type LastAction, lastAction, type OwnEdit } from "./undo-reads.ts";
import { baseRefOf, branchRefOf, fullRef, type World } from "./world.ts";

/** What was taken back, and what there is now. */
export type Undone = {
  action: LastAction;
  path: string;
  lane: Lane;
  /** The lane that it was in before; another than `lane` where the daemon would only do the same again. */
  wasLane: Lane;
  /** Refs that keep what its branch held. */
  preserved: readonly string[];
  /** The commit that takes a merge back. */
  revertSha: string | null;
  /** A merge that its branch still holds, for the next time, while the run that began with it is being stopped. */
  left: Follow | null;
};

/**
 * Takes back what the daemon did last to a task. While one runs (`isAlive`), a task goes where it does not begin again, and
 * its run, branch and worktree are left to it. Throws USAGE, with nothing changed, when there is nothing to take back, when
 * somebody went on from there, or when the way is not free.
 */
export async function undoTask(
  world: World,
  snapshot: Snapshot,
  view: TaskView,
  { isAlive }: { isAlive: boolean },
): Promise<Undone> {
  const sessions = snapshot.sessions.get(view.id) ?? [];
  const isAtWork = snapshot.runs.some((run) => run.taskId === view.id && run.kind === "step");
  const of = { id: view.id, lane: view.lane, sessions, isAtWork };
  const action = await lastAction(world, fullRef(snapshot.repo.boardBranch), of);
  if (action === null) throw refusal(view.id, "the history names nothing that the daemon did to it");
  const bytes = readRegularFile(join(world.boardRoot, view.path));
  if (bytes === null) throw refusal(view.id, `${view.path} is gone`);
  const now: FileThen = { path: view.path, lane: view.lane, bytes };
  if (action.kind === "merge") return await takeMergeBack(world, { snapshot, id: view.id, now, action });
  if (action.kind === "follow") return await takeFollowBack(world, { snapshot, id: view.id, now, action, isAlive });
  return await takeEditBack(world, { snapshot, id: view.id, now, action, isAlive });
}

type Taking<Kind extends LastAction["kind"]> = {
  snapshot: Snapshot;
  id: string;
  now: FileThen;
  action: Extract<LastAction, { kind: Kind }>;
};

async function takeFollowBack(
  world: World,
  { snapshot, id, now, action, isAlive }: Taking<"follow"> & { isAlive: boolean },
): Promise<Undone> {
  requireNoRun(snapshot, id, isAlive);
  const { recheck } = action;
  const then = recheck === null ? now : await fileBefore(world, id, recheck, now);
  // In done/ it would follow once more right before its merge, whoever is there to do it.
  const lane = isAlive || then.lane === "done" ? atRest(then.lane) : then.lane;
  let path = now.path;
  const move = (): (() => void) => {
    path = restoreFile(world, now.path, then, lane);
    return () => void restoreFile(world, path, now);
  };
  const undone = await undoFollow(world, { snapshot, taskId: id, follow: action, isAlive, move });
  if (undone.state === "refused") throw refusal(id, undone.reason, undone.hint);
  const isDone = undone.state === "undone";
  const preserved = isDone ? undone.preserved : [];
  return { action, path, lane, wasLane: then.lane, preserved, revertSha: null, left: isDone ? null : action };
}

function requireNoRun({ runs }: Snapshot, id: string, isAlive: boolean): void {
  if (isAlive || !runs.some(({ taskId }) => taskId === id)) return;
  throw refusal(id, "it has a run, and no daemon to stop it", `\`kanband up\`, then \`kanband undo ${id}\`.`);
}

async function takeMergeBack(world: World, { snapshot, id, now, action }: Taking<"merge">): Promise<Undone> {
  const accepted = await fileBeforeDone(world.boardRepo, fullRef(snapshot.repo.boardBranch), id);
  const then = accepted?.lane === "for_review" ? accepted : forReview(id, now, true);
  let path = now.path;
  // Out of the daemon's way before the base moves: in done/ it would be merged again at once. Not sooner: it would be seen.
  const before = (undone: Begun): (() => void) => {
    const record = join(world.boardRoot, mergePath(id));
    const recorded = readRegularFile(record);
    noteUndo(world, { id, ref: baseRefOf(world), revert: undone.sha, now, record: recorded, to: then.path });
    path = restoreFile(world, now.path, then);
    const back = (): void => {
      if (recorded !== null) writeFileDurably(record, recorded);
      restoreFile(world, path, now);
      forgetUndo(world, id);
    };
    try {
      recordUndone(world, { snapshot, id, landing: action.sha, undone });
    } catch (error) {
      back();
      throw error;
    }
    return back;
  };
  const undone = await undoMerge(world, { taskId: id, landing: action.sha, tip: action.tip, before });
  if (undone.state === "refused") throw refusal(id, undone.reason, undone.hint);
  forgetUndo(world, id);
  return { action, path, lane: "for_review", wasLane: "for_review", preserved: [], revertSha: undone.sha, left: null };
}

// Its branch is none that moved behind anybody's back: the next merge need not ask.
function recordUndone(world: World, it: { snapshot: Snapshot; id: string; landing: string; undone: Begun }): void {
  const { snapshot, id, landing, undone } = it;
  const merge = snapshot.sessions.get(id)?.find(({ step }) => step === "merge");
  const now = subjectNow(world, snapshot, { taskId: id, branchSha: undone.branchSha });
  const subject = { ...now, attempt: merge?.attempt ?? 1 };
  const reason = `taken back by ${undone.sha}`;
  const text = `The merge ${landing} was ${reason}. Its branch has its work: ${undone.branchSha}.`;
  writeMerge(world, subject, { verdict: UNDONE, reason, text, mergedAs: landing });
}

function forReview(id: string, { path, bytes }: FileThen, hasBranch: boolean): FileThen {
  const text = editFrontMatter(bytes.toString("utf8"), [
    ["branch", hasBranch ? branchOf(id) : null],
    ["blocked", null],
  ]);
  return { path: pathInLane(path, "for_review"), lane: "for_review", bytes: Buffer.from(text) };
}

async function takeEditBack(
  world: World,
  { snapshot, id, now, action, isAlive }: Taking<"edit"> & { isAlive: boolean },
): Promise<Undone> {
  const after = (await fileIn(world.boardRepo, action.sha, id)) ?? fileAfter(now, action);
  if (after === null) throw refusal(id, `its file is not in the commit \`${action.subject}\``);
  if (now.lane !== after.lane) throw movedOn(id, action, { was: after.lane, is: now.lane });
  // In blocked/ it would say that its merge is lost, with a branch that is gone since then.
  if (action.intent === "close") {
    const hint = "To take its work out of the base, `git revert` its merge: its branch is made again then.";
    throw refusal(id, "it is done since the base has its merge again", hint);
  }
  const then = await fileBefore(world, id, action, after);
  if (isAlive) {
    const lane = atRest(then.lane);
    const path = restoreFile(world, now.path, lane === then.lane ? then : { ...now, lane: then.lane }, lane);
    return {
      action,
      path,
      lane,
      wasLane: then.lane,
      preserved: [],
      revertSha: null,
      left: await leftOn(world, snapshot, id),
    };
  }
  requireNoRun(snapshot, id, isAlive);
  const back = await acceptedOnly(world, id, action, then);
  const path = restoreFile(world, now.path, back);
  const hadBranch = typeof readFrontMatter(then.path, then.bytes).data?.["branch"] === "string";
  const isBegun = action.intent === "assign" && !hadBranch;
  const since = after.lane === "doing" ? action.at : null;
  const preserved = await (isBegun ? undoBranch : undoRun)(world, id, snapshot, since);
  const left = await leftOn(world, snapshot, id);
  return { action, path, lane: back.lane, wasLane: then.lane, preserved, revertSha: null, left };
}

/**
 * The file as it was, but for one in `done/` that nothing would merge any more: it would say for good that it is done. And what
 * was blocked there a person has to accept again: its merge was taken away by hand, or refused.
 */
async function acceptedOnly(world: World, id: string, { intent }: OwnEdit, then: FileThen): Promise<FileThen> {
  if (then.lane !== "done") return then;
  const repo = world.codeRepo;
  const [tip, base] = [await resolveRef(repo, branchRefOf(id)), await resolveRef(repo, baseRefOf(world))];
  const isToMerge = tip !== null && (base === null || !(await isAncestor(repo, tip, base)));
  return isToMerge && intent !== "block" ? then : forReview(id, then, tip !== null);
}

/** What the branch still holds that can be taken back after this. */
async function leftOn(world: World, { sessions }: Snapshot, id: string): Promise<Follow | null> {
  return await lastFollow(world, id, sessions.get(id)?.find(({ step }) => step === "restack") ?? null);
}

/** The file after the daemon's edit, where a person was so fast to move it on that the commit has it nowhere. */
function fileAfter(now: FileThen, { to }: OwnEdit): FileThen | null {
  return to === null ? null : { path: pathInLane(now.path, to), lane: to, bytes: now.bytes };
}

/** The file before the daemon's edit. One commit may take in what a person did before it: a new file, or a move of theirs. */
async function fileBefore(
  { boardRepo }: World,
  id: string,
  { sha, from: lane }: OwnEdit,
  after: FileThen,
): Promise<FileThen> {
  const [parent] = await parentsOf(boardRepo, sha);
  const before = parent === undefined ? null : await fileIn(boardRepo, parent, id);
  const { path, bytes } = before ?? { path: after.path, bytes: Buffer.from(withoutKeys(after.bytes.toString("utf8"))) };
  return { path: before?.lane === lane ? path : pathInLane(path, lane), lane, bytes: withoutReview(lane, bytes) };
}

// With its claim a review that sent the task back would do so again at once.
function withoutReview(lane: Lane, bytes: Buffer): Buffer {
  return lane === "for_review" ? Buffer.from(editFrontMatter(bytes.toString("utf8"), [["assigned", null]])) : bytes;
}

/** Who moved it nobody can tell; where undo itself would have put it that is taken back. */
function movedOn(id: string, { from, subject }: OwnEdit, { was, is }: { was: Lane; is: Lane }): KanbandError {
  const moved = `from ${was}/ to ${is}/`;
  if (is !== from && is !== atRest(from)) return refusal(id, `since \`${subject}\` somebody moved it ${moved}`);
  const reason = `\`${subject}\` is taken back already: it went ${moved}, and undo goes no further back than that`;
  return refusal(
    id,
    reason,
    `\`kanband move ${id} planned\` begins it again; \`kanband log ${id}\` shows what happened.`,
  );
}

/** The nearest lane in which the daemon begins nothing. */
function atRest(lane: Lane): Lane {
  if (lane === "planned" || lane === "doing") return "backlog";
  return lane === "done" ? "for_review" : lane;
}

function refusal(id: string, reason: string, hint = `\`kanband log ${id}\` shows what happened to it.`): KanbandError {
  return new KanbandError("USAGE", `nothing of ${id} was taken back: ${reason}`, { hint });
}

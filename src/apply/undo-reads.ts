import { subjectOf } from "../board/commit-message.ts";
import { UNDONE } from "../board/landed.ts";
import { landingOf } from "../board/landing.ts";
import { isLane, type Lane } from "../board/lane.ts";
import { isNoWork } from "../board/record-steps.ts";
import type { Session } from "../board/session.ts";
import { showFile } from "../git/objects.ts";
import { readCommit } from "../git/read-commit.ts";
import type { Repository } from "../git/repository.ts";
import { git } from "../git/run.ts";
import { type Follow, lastFollow } from "./last-follow.ts";
import { lastLanding, lastMove, type OwnMove } from "./own-entries.ts";
import { baseRefOf, type World } from "./world.ts";

/** What the daemon did last to a task. */
export type LastAction =
  /** It brought the work into the base with this commit. */
  | {
      kind: "merge";
      sha: string;
      subject: string;
      /** Tip of the branch that came with it. */
      tip: string;
    }
  /** It brought the branch onto what is below it. */
  | (Follow & {
      /** The move with which it then sent the task through its checks again; null: the file lies where it lay. */
      recheck: OwnEdit | null;
    })
  | OwnEdit;

/** It moved the file in this commit of the board. What it does within a lane only carries on what it began there. */
export type OwnEdit = {
  kind: "edit";
  /** Ms since the epoch, whole seconds. */
  at: number;
  /** An `EditIntent`, as the commit says it. */
  intent: string;
  sha: string;
  /** What the commit says of this task. */
  subject: string;
  /** The lane it moved the file out of. */
  from: Lane;
  /** Where it moved it to; null when the commit does not say so. */
  to: Lane | null;
};

/**
 * Looks in the history for what the daemon did last to a task; null when nothing is known of it. `isAtWork`: an agent works on
 * its branch just now, which is then what was done last.
 */
export async function lastAction(
  world: World,
  boardRef: string,
  { id, lane, sessions, isAtWork }: { id: string; lane: Lane; sessions: readonly Session[]; isAtWork: boolean },
): Promise<LastAction | null> {
  const moved = await lastMove(world.boardRepo, boardRef, id);
  const isAccepted = lane === "done" || lane === "for_review";
  const merge = isAccepted ? await lastLanding(world.codeRepo, baseRefOf(world), id) : null;
  const restack = sessions.find(({ step }) => step === "restack") ?? null;
  const follow = isAtWork ? null : await lastFollow(world, id, restack);
  const editedAt = moved?.entry.at ?? 0;
  // Seconds are all that history knows; what comes after a merge is a step of another lane.
  if (merge !== null && merge.at >= Math.max(editedAt, follow?.at ?? 0)) {
    return { kind: "merge", sha: merge.sha, subject: merge.subject, tip: landingOf(merge.trailers)?.tip ?? "" };
  }
  const edit = moved === null ? null : await editOf(world, id, moved);
  // Somebody moved the file on since: that edit is none to take back any more.
  const isPast = edit !== null && edit.to !== null && edit.to !== lane;
  if (follow !== null && (edit === null || isPast || follow.at >= editedAt || isCarriedOn(follow, edit, sessions))) {
    const isRecheck = edit?.intent === "requeue" && edit.to === lane && isCarriedOn(follow, edit, sessions);
    return { ...follow, recheck: isRecheck ? edit : null };
  }
  return edit;
}

/** Whether a later move only took the branch through its checks again, as it is now. */
function isCarriedOn({ sha, stack }: Follow, { intent, from }: OwnEdit, sessions: readonly Session[]): boolean {
  const restack = sessions.find(({ step }) => step === "restack");
  if (stack === null || (restack?.verdict !== "restacked" && restack?.verdict !== UNDONE)) return false;
  const checks = sessions.find(({ step }) => step === "checks");
  if (intent === "requeue") return from === "for_review" && checks?.commitSha !== sha;
  const since = restack.startedAt ?? 0;
  return intent === "review" && !sessions.some(({ step, startedAt }) => !isNoWork(step) && (startedAt ?? 0) >= since);
}

// Its commit may be about more than this task, as that of a pause, which stays.
async function editOf({ boardRepo }: World, id: string, { entry, intent, from, to }: OwnMove): Promise<OwnEdit> {
  const message = (await readCommit(boardRepo, entry.sha))?.message ?? entry.subject;
  return { kind: "edit", at: entry.at, intent, sha: entry.sha, subject: subjectOf(message, id), from, to };
}

/** A task's file as a commit has it. */
export type FileThen = { path: string; lane: Lane; bytes: Buffer };

/** The file of a task in a commit of the board; null when there was none, or more than one. */
export async function fileIn(repo: Repository, commit: string, id: string): Promise<FileThen | null> {
  const listed = await git(repo, ["ls-tree", "-r", "-z", "--name-only", commit, "--", "board/"]);
  const [path, ...others] = listed.split("\0").filter((it) => it.endsWith(`/${id}.md`));
  const lane = path?.split("/")[1] ?? "";
  if (path === undefined || others.length > 0 || !isLane(lane)) return null;
  const bytes = await showFile(repo, commit, path);
  return bytes === null ? null : { path, lane, bytes };
}

/** The file of a task as it was before it came into `done/` the last time; null when that is not in the history. */
export async function fileBeforeDone(repo: Repository, boardRef: string, id: string): Promise<FileThen | null> {
  const name = id.replaceAll(/[*?[\]\\]/g, "\\$&");
  const args = ["log", "-1", "--format=%P", "--no-renames", "--diff-filter=A", boardRef, "--"];
  const parents = await git(repo, [...args, `:(top,glob)board/done/**/${name}.md`]);
  const [parent = ""] = parents.trim().split(" ");
  return parent === "" ? null : await fileIn(repo, parent, id);
}

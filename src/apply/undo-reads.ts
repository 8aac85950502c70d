import { landingOf } from "../board/landing.ts";
import { isLane, type Lane } from "../board/lane.ts";
import { showFile } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { git } from "../git/run.ts";
import { lastLanding, lastMove } from "./own-entries.ts";
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
  /** It moved the file in this commit of the board. What it does within a lane only carries on what it began there. */
  | {
      kind: "edit";
      /** An `EditIntent`, as the commit says it. */
      intent: string;
      sha: string;
      subject: string;
      /** The lane it moved the file out of. */
      from: Lane;
      /** Where it moved it to; null when the commit does not say so. */
      to: Lane | null;
    };

/** Looks in the history for what the daemon did last to a task; null when nothing is known of it. */
export async function lastAction(
  world: World,
  boardRef: string,
  { id, lane }: { id: string; lane: Lane },
): Promise<LastAction | null> {
  const edit = await lastMove(world.boardRepo, boardRef, id);
  const isAccepted = lane === "done" || lane === "for_review";
  const merge = isAccepted ? await lastLanding(world.codeRepo, baseRefOf(world), id) : null;
  // Seconds are all that history knows; what comes after a merge is a step of another lane.
  if (merge !== null && (edit === null || merge.at >= edit.entry.at)) {
    return { kind: "merge", sha: merge.sha, subject: merge.subject, tip: landingOf(merge.trailers)?.tip ?? "" };
  }
  if (edit === null) return null;
  const { entry, intent, from, to } = edit;
  return { kind: "edit", intent, sha: entry.sha, subject: entry.subject, from, to };
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

import { trailersOf } from "../board/commit-message.ts";
import { landingOf } from "../board/landing.ts";
import { isLane, type Lane } from "../board/lane.ts";
import { diffFiles } from "../git/branches.ts";
import { resolveRef } from "../git/head.ts";
import { type HistoryEntry, logTask } from "../git/history.ts";
import { parentsOf } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { isOfBoard } from "./board-file.ts";

/** The trailer that names the commit that was taken back. */
export const UNDOES = "Undoes";
/** The trailer of the board's commits that says what the daemon did. */
export const ACTION = "Action";

/** A move of a task's file by the daemon. `intent`: an `EditIntent`, as the commit says it. */
export type OwnMove = { entry: HistoryEntry; intent: string; from: Lane; to: Lane | null };

/**
 * The last commit with which the daemon moved a task's file; null: there is none. Anybody can write its trailers: what a branch
 * brought in is none of the daemon's, and neither is a commit that changes more than the board. Code: GIT_FAILED.
 */
export async function lastMove(repo: Repository, ref: string, id: string): Promise<OwnMove | null> {
  for (const entry of await logOwn(repo, ref, id)) {
    const move = moveOf(entry, id);
    if (move !== null && (await isOfBoardAlone(repo, entry.sha))) return move;
  }
  return null;
}

/** The commit with which the daemon brought a task into the base, if it was not taken back since then. Code: GIT_FAILED. */
export async function lastLanding(repo: Repository, ref: string, id: string): Promise<HistoryEntry | null> {
  const undone = new Set<string>();
  for (const entry of await logOwn(repo, ref, id)) {
    const [, second] = await parentsOf(repo, entry.sha);
    const landing = landingOf(entry.trailers);
    if (landing === null && second === undefined) for (const it of valuesOf(entry, UNDOES)) undone.add(it);
    const isLanding = landing?.taskId === id && (second === undefined || second === landing.tip);
    if (isLanding && !undone.has(entry.sha)) return entry;
  }
  return null;
}

async function logOwn(repo: Repository, ref: string, task: string): Promise<HistoryEntry[]> {
  return (await resolveRef(repo, ref)) === null ? [] : await logTask(repo, { refs: [ref], task, isFirstParent: true });
}

// The daemon's own trailers end with its action; a move by a person in the same commit stands after them.
function moveOf(entry: HistoryEntry, id: string): OwnMove | null {
  let lanes: string[] = [];
  let move: OwnMove | null = null;
  for (const [key, value] of trailersOf(entry.trailers, id)) {
    if (key === "Lane") lanes = value.split("..");
    if (key !== ACTION) continue;
    const [from = "", to = ""] = lanes;
    if (isLane(from)) move = { entry, intent: value, from, to: isLane(to) ? to : null };
    lanes = [];
  }
  return move;
}

async function isOfBoardAlone(repo: Repository, sha: string): Promise<boolean> {
  const [parent, ...others] = await parentsOf(repo, sha);
  if (parent === undefined || others.length > 0) return false;
  const changes = await diffFiles(repo, parent, sha);
  return changes.length > 0 && changes.every(({ path }) => isOfBoard(path));
}

/** The commits that others of these say they take back. */
export function takenBackIn(entries: readonly HistoryEntry[]): ReadonlySet<string> {
  return new Set(entries.flatMap((it) => (landingOf(it.trailers) === null ? valuesOf(it, UNDOES) : [])));
}

function valuesOf({ trailers }: HistoryEntry, name: string): string[] {
  return trailers.flatMap(([key, value]) => (key === name ? [value] : []));
}

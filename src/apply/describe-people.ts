import { type CommitPart, describeChange } from "../board/commit-message.ts";
import { isLane, type Lane } from "../board/lane.ts";
import type { Change } from "../decide/snapshot.ts";
import { idOfPath } from "./board-file.ts";
import { describeSessionFile } from "./describe-session-file.ts";

/**
 * What people did to the board, in words for the commit: a file that went from one lane while one of the same name came into
 * another is a move, also when the daemon edited it there (`editedPaths`) before it was committed. Session files say whose
 * they are.
 */
export function describePeople(
  boardRoot: string,
  changes: readonly Change[],
  editedPaths: readonly string[],
): CommitPart[] {
  const edited = new Map(editedPaths.map((path) => [idOfPath(path), path]));
  const ofBoard = changes.filter(({ path }) => path.startsWith("board/"));
  const gone = new Map(ofBoard.filter(isRemoval).map((it) => [idOfPath(it.path), it]));
  const arrived = new Set(ofBoard.filter(isAddition).map(({ path }) => idOfPath(path)));
  const described = ofBoard
    .filter((it) => !(isRemoval(it) && arrived.has(idOfPath(it.path))))
    .map((it) => describeOne(it, { gone, edited }));
  const sessions = changes.filter(({ path }) => path.startsWith("sessions/"));
  return [...described, ...sessions.map((it) => ({ ...describeSessionFile(boardRoot, it), isMinor: true }))];
}

type Others = { gone: ReadonlyMap<string, Change>; edited: ReadonlyMap<string, string> };

function describeOne(change: Change, { gone, edited }: Others): CommitPart {
  const { path } = change;
  const id = idOfPath(path);
  const from = isAddition(change) ? gone.get(id)?.path : isRemoval(change) ? path : undefined;
  const to = isAddition(change) ? path : isRemoval(change) ? edited.get(id) : undefined;
  if (from !== undefined && to !== undefined) {
    return describeChange({ path: to, from: laneOf(from), to: laneOf(to), id, kind: "moved" });
  }
  const lane = laneOf(path);
  // The settings and the like are nobody's task.
  const one = { path, id: lane === null ? null : id };
  if (isRemoval(change)) return describeChange({ ...one, from: lane, to: null, kind: "removed" });
  if (isAddition(change)) return describeChange({ ...one, from: null, to: lane, kind: "added" });
  return describeChange({ ...one, from: lane, to: lane, kind: "edited" });
}

function isRemoval({ blobSha, headSha }: Change): boolean {
  return blobSha === null && headSha !== null;
}

function isAddition({ blobSha, headSha }: Change): boolean {
  return blobSha !== null && headSha === null;
}

function laneOf(path: string): Lane | null {
  const name = path.split("/")[1] ?? "";
  return isLane(name) ? name : null;
}

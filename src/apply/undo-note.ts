import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isLane } from "../board/lane.ts";
import { KanbandError } from "../errors.ts";
import { removeFileDurably, writeFileDurably } from "../files/durable.ts";
import { isAncestor, isCommitHere } from "../git/branches.ts";
import { withRefsHeld } from "../git/ref-update.ts";
import { refSha } from "../git/refs.ts";
import { namesIn } from "../git/worktree-admin.ts";
import { readRegularFile } from "./board-file.ts";
import { mergePath } from "./merge-session.ts";
import { restoreFile } from "./undo-file.ts";
import type { FileThen } from "./undo-reads.ts";
import type { World } from "./world.ts";

/**
 * An undo of a merge that is about to change the board, while `ref` has still to move to `revert`. `now`: the task's file before
 * it; `record`: what its `merge.md` said; `to`: where the file goes.
 */
export type UndoNote = {
  id: string;
  ref: string;
  revert: string;
  now: FileThen;
  record: Buffer | null;
  to: string;
};

/**
 * Writes down what the board was like before an undo. Who dies before the base has moved leaves a board that says otherwise than
 * the base. What an earlier one noted that died so, with the base where it is now, is what it was like. Code: WRITE_FAILED.
 */
export function noteUndo(world: World, note: UndoNote): void {
  const base = refSha(world.codeRepo, note.ref);
  const earlier = readNote(world, note.id);
  const { now, record } = earlier?.base === base && earlier.ref === note.ref ? earlier : note;
  const text = {
    ...note,
    base,
    now: { ...now, bytes: toText(now.bytes) },
    record: record === null ? null : toText(record),
  };
  mkdirSync(folderOf(world), { recursive: true });
  writeFileDurably(pathOf(world, note.id), JSON.stringify(text));
}

/** The board and the base are at one again. Code: WRITE_FAILED. */
export function forgetUndo(world: World, id: string): void {
  removeFileDurably(pathOf(world, id));
}

/**
 * Puts the board back as it was before each undo that was cut short and of which the base has nothing. Codes: those of
 * `restoreFile`, and git's.
 */
export async function settleUndos(world: World): Promise<void> {
  for (const name of namesIn(folderOf(world))) {
    const id = name.replace(/\.json$/, "");
    const ref = readNote(world, id)?.ref;
    const now = ref === undefined ? null : refSha(world.codeRepo, ref);
    if (ref === undefined || now === null) continue;
    try {
      // Who is at it in another process holds it.
      await withRefsHeld(world.codeRepo, [{ ref, from: now, to: now }], () => settle(world, id, now));
    } catch (error) {
      if (!(error instanceof KanbandError)) throw error;
      world.log.warn({ taskId: id, err: error }, "an undo that was cut short is not settled yet");
    }
  }
}

async function settle(world: World, id: string, baseSha: string): Promise<void> {
  const note = readNote(world, id);
  if (note === null) return;
  const { codeRepo, boardRoot } = world;
  const isDone = (await isCommitHere(codeRepo, note.revert)) && (await isAncestor(codeRepo, note.revert, baseSha));
  if (!isDone) {
    const record = join(boardRoot, mergePath(id));
    const isOurs = readRegularFile(record)?.toString("utf8").includes(note.revert) === true;
    if (isOurs && note.record !== null) writeFileDurably(record, note.record);
    // Elsewhere, it was moved on by a person.
    const isThere = note.to !== note.now.path && readRegularFile(join(boardRoot, note.to)) !== null;
    if (isThere) restoreFile(world, note.to, note.now);
    world.log.info({ taskId: id, revert: note.revert }, "an undo was cut short, and the board is as it was before");
  }
  forgetUndo(world, id);
}

function readNote(world: World, id: string): (UndoNote & { base: string | null }) | null {
  try {
    const it = JSON.parse(readFileSync(pathOf(world, id), "utf8")) as NoteText;
    if (!isLane(it.now.lane)) return null;
    return {
      ...it,
      now: { ...it.now, bytes: toBytes(it.now.bytes) },
      record: it.record === null ? null : toBytes(it.record),
    };
  } catch {
    return null;
  }
}

type NoteText = Omit<UndoNote, "now" | "record"> & {
  base: string | null;
  now: Omit<FileThen, "bytes"> & { bytes: string };
  record: string | null;
};

function toText(bytes: Buffer): string {
  return bytes.toString("base64");
}

function toBytes(text: string): Buffer {
  return Buffer.from(text, "base64");
}

function folderOf({ runtimeDir }: World): string {
  return join(runtimeDir, "undos");
}

function pathOf(world: World, id: string): string {
  return join(folderOf(world), `${id}.json`);
}

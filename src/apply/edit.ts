import { readdirSync } from "node:fs";
import { join } from "node:path";
import { editFrontMatter } from "../board/front-matter.ts";
import type { Edit } from "../decide/action.ts";
import { KanbandError } from "../errors.ts";
import { blobSha, createFileDurably, editFileDurably, moveFileDurably } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import { type EditOutcome, isBoardPath, readRegularFile } from "./board-file.ts";
import { rememberSession } from "./kept-sessions.ts";
import { isMonth, monthOf, pathInLane } from "./lane-path.ts";
import { removeDuplicate } from "./remove-duplicate.ts";
import { displacedDirOf, type World } from "./world.ts";

// Every commit rewrites the tree object of a folder it touches, so a full `done/` is split into months.
const DONE_LIMIT = 200;

/**
 * Carries out one change of one file of the board, if the file still holds the bytes that were decided upon.
 * Lane and keys change in one step, the new place before the old one: a crash leaves the file as it was, as it should be,
 * or twice, one of them the committed older version of the other. A mere move keeps the inode.
 */
export async function applyEdit(world: World, edit: Edit): Promise<EditOutcome> {
  if (!isBoardPath(edit.path)) return { state: "skipped", reason: `${edit.path} is not a file of the board` };
  try {
    if (edit.intent === "remove-duplicate") return await removeDuplicate(world, edit);
    const outcome = moveAndEdit(world, edit);
    if (outcome.state !== "applied" || edit.marksSessions === undefined) return outcome;
    const touched = [...outcome.touched, ...edit.marksSessions.flatMap((it) => markSession(world, it))];
    if (touched.length === 0) return { state: "skipped", reason: "the sessions to be marked changed meanwhile" };
    return { state: "applied", touched };
  } catch (error) {
    if (!(error instanceof KanbandError)) throw error;
    // One file never stops the others. A file that changed is read again; what is in the way may stay there for ever.
    return { state: error.code === "FILE_CHANGED" ? "skipped" : "failed", reason: error.message };
  }
}

function moveAndEdit(world: World, edit: Edit): EditOutcome {
  if (edit.expectBlob === null) return make(world, edit);
  const bytes = readRegularFile(join(world.boardRoot, edit.path));
  const format = world.boardRepo.objectFormat;
  if (bytes === null) return { state: "skipped", reason: `${edit.path} is gone` };
  if (blobSha(bytes, format) !== edit.expectBlob) return { state: "skipped", reason: `${edit.path} changed meanwhile` };
  const target = targetPath(world, edit);
  const next = Buffer.from(editFrontMatter(toText(bytes), edit.set));
  const from = join(world.boardRoot, edit.path);
  const to = join(world.boardRoot, target);
  if (target === edit.path && next.equals(bytes)) return { state: "applied", touched: [] };
  failpoint("apply.edit.before-write");
  // The commit of this tick syncs the folders, all at once, before it moves the branch.
  if (next.equals(bytes)) moveFileDurably(from, to, { areFoldersSynced: false });
  else editFileDurably(from, edit.expectBlob, next, displacedDirOf(world), to, { areFoldersSynced: false });
  failpoint("apply.edit.after-write");
  return { state: "applied", touched: [...new Set([edit.path, target])] };
}

/** A board without settings is paused by a file of them. */
function make(world: World, { path, set }: Edit): EditOutcome {
  createFileDurably(join(world.boardRoot, path), editFrontMatter("", set));
  return { state: "applied", touched: [path] };
}

/**
 * Notes in the session that opened the circuit breaker that it has done so; one that a person saves just now is for the next
 * look.
 */
function markSession(world: World, path: string): string[] {
  const full = join(world.boardRoot, path);
  const bytes = path.startsWith("sessions/") ? readRegularFile(full) : null;
  if (bytes === null) return [];
  failpoint("apply.edit.before-mark");
  const text = editFrontMatter(toText(bytes), [["paused_board", true]]);
  try {
    const known = blobSha(bytes, world.boardRepo.objectFormat);
    editFileDurably(full, known, Buffer.from(text), displacedDirOf(world), full, { areFoldersSynced: false });
  } catch (error) {
    if (error instanceof KanbandError && error.code === "FILE_CHANGED") return [];
    throw error;
  }
  // What was written before is not put back over it, as after a stash: else it would count anew, and pause the board again.
  rememberSession(world, path, text);
  failpoint("apply.edit.after-mark");
  return [path];
}

function targetPath(world: World, { path, toLane }: Edit): string {
  const target = toLane === null ? path : pathInLane(path, toLane);
  const [, lane, folder] = target.split("/");
  if (lane !== "done" || isMonth(folder) || countEntries(join(world.boardRoot, "board", "done")) <= DONE_LIMIT) {
    return target;
  }
  return target.replace("board/done/", `board/done/${monthOf(world.clock())}/`);
}

function countEntries(dir: string): number {
  try {
    return readdirSync(dir).length;
  } catch {
    return 0;
  }
}

// A byte order mark is part of the file and stays.
function toText(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes);
}

import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, symlinkSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { KanbandError } from "../errors.ts";
import { failpoint } from "../files/failpoint.ts";
import { hasCode, linkOrRename } from "../files/place.ts";
import { changeOf, type Move, noteAsides, type Plan, type Step, seeSide, statOf } from "./move-plan.ts";
import { createLook } from "./on-disk.ts";

/**
 * Takes the old file of each step out of its place and puts the new one there, never over anything. Answers the path at which
 * somebody was first; null when all is done. What was done before stays done: `putBack` takes it back.
 */
export function placeFiles(top: string, move: Move, { steps }: Plan): string | null {
  const { folder } = move;
  const asides = new Map<number, string>();
  for (const [index, step] of steps.entries()) {
    const path = join(top, step.path);
    if (createLook(top).above(step.path) !== null) return step.path;
    const aside = join(folder, "old", String(index));
    const isGone = takeOld(path, step, aside);
    if (isGone && step.old.startsWith("file:")) asides.set(index, changeOf(statOf(aside)));
    failpoint("git.advance.after-old");
    if (!isGone) return step.path;
    if (step.now === "") removeEmptyAbove(top, step.path);
    else if (!putNew(path, step, readied(folder, index, step)) && step.isExtra !== true) return step.path;
    failpoint("git.advance.after-new");
  }
  noteAsides(move, asides);
  return null;
}

/** False: it is not as it was. It may be aside all the same. */
function takeOld(path: string, { old, now, changed }: Step, aside: string): boolean {
  if (old === "") return true;
  // As git, which leaves the files of a submodule that goes.
  if (old === "folder") return removeFolder(path) || now === "";
  if (seeSide(path) !== old) return false;
  // A tool that keeps times puts back the mtime, and never this.
  if (changed !== undefined && changeOf(statOf(path)) !== changed) return false;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
  return seeSide(aside) === old;
}

/** Of a link nothing but its text tells that it is ours: that it is no longer among the new ones says so. */
function readied(folder: string, index: number, { path, now }: Step): string {
  const from = join(folder, "new", path);
  if (!now.startsWith("link:")) return from;
  const taken = join(folder, "links", String(index));
  mkdirSync(dirname(taken), { recursive: true });
  renameSync(from, taken);
  return taken;
}

function putNew(path: string, { now }: Step, from: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    // Empty folders are in nobody's way.
    if (now !== "folder" && seeSide(path) === "folder") removeEmptyFolders(path);
    if (now === "folder") mkdirSync(path, { recursive: true });
    else put(from, path);
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
}

/**
 * Takes the steps of a move back, wherever it was cut short. What is not as the move left it is somebody's, and stays. Answers
 * the paths where that is so; an old file that cannot go back to its place stays aside. `takenOver`: paths at which what the move
 * has made is somebody's by now.
 */
export function putBack(
  top: string,
  { folder }: Move,
  { steps }: Plan,
  takenOver: ReadonlySet<string> = new Set(),
): string[] {
  const left: string[] = [];
  for (const [index, step] of [...steps.entries()].toReversed()) {
    // Where the new file had not come the old one was only away.
    if (takenOver.has(step.path) && (step.now === "" || isThere(join(top, step.path)))) continue;
    const aside = join(folder, "old", String(index));
    if (createLook(top).above(step.path) !== null) {
      if (isThere(aside)) left.push(step.path);
      continue;
    }
    const path = join(top, step.path);
    const isOut = withdraw(path, step, { came: join(folder, "new", step.path), out: join(folder, `out-${index}`) });
    failpoint("git.putback.after-new");
    // Who was killed in the midst of this had given it its place already.
    if (isThere(aside) && seeSide(path) === seeSide(aside)) unlinkSync(aside);
    if (isThere(aside) && !putNew(path, { ...step, now: step.old }, aside)) left.push(step.path);
    if (step.old === "folder") putNew(path, { ...step, now: "folder" }, "");
    if (step.old === "" && isOut) removeEmptyAbove(top, step.path);
    failpoint("git.putback.after-old");
  }
  return left;
}

/** Takes what the move has put there out again; true when it is gone. */
function withdraw(path: string, { now, old }: Step, { came, out }: { came: string; out: string }): boolean {
  if (now === "folder" && old !== "folder") return removeFolder(path);
  // The same link may be somebody's own where ours has not come yet.
  const isOurs = seeSide(path) === now && (now.startsWith("file:") || (now.startsWith("link:") && !isThere(came)));
  if (!isOurs) return false;
  renameSync(path, out);
  const isAsPut = seeSide(out) === now;
  if (isAsPut) unlinkSync(out);
  else put(out, path);
  return isAsPut;
}

/** Moves a file or a link to a place where nothing is. Code: FILE_EXISTS. */
export function put(from: string, to: string): void {
  const side = seeSide(from);
  if (!side.startsWith("link:")) return linkOrRename(from, to, { isMove: true });
  // A second name for a link may be one for what is behind it.
  symlinkSync(Buffer.from(side.slice("link:".length), "base64"), to);
  unlinkSync(from);
}

function isTaken(error: unknown): boolean {
  const isThereAlready = error instanceof KanbandError && error.code === "FILE_EXISTS";
  return isThereAlready || hasCode(error, "EEXIST", "ENOTDIR", "EISDIR");
}

function isThere(path: string): boolean {
  return seeSide(path) !== "";
}

function removeEmptyAbove(top: string, path: string): void {
  for (let folder = dirname(path); folder !== "." && removeFolder(join(top, folder)); folder = dirname(folder)) {}
}

/** True when it is gone. */
function removeFolder(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    return hasCode(error, "ENOENT");
  }
}

function removeEmptyFolders(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true) removeEmptyFolders(path);
  }
  removeFolder(folder);
}

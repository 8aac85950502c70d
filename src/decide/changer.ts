import { globsOverlap } from "../board/globs.ts";
import type { Session } from "../board/session.ts";
import type { Task } from "../board/task.ts";

/** What a task would change: what it says of itself, or, where it says nothing, what its earlier attempts changed. */
export type Changer = {
  id: string;
  globs: readonly string[];
  /** Paths as git has them; a folder ends in `/` and stands for all that is in it. */
  files: readonly string[];
};

/** What this task would change. */
export function changerOf({ id, touches }: Pick<Task, "id" | "touches">, sessions: readonly Session[] = []): Changer {
  if (touches.length > 0) return { id, globs: touches, files: [] };
  return { id, globs: [], files: [...new Set(sessions.flatMap(({ touched = [] }) => touched))] };
}

/** What both would change, as one line about the first; null when they may run at once. */
export function sharedLine(changer: Changer, holder: Changer): string | null {
  if (changer.globs.length > 0 && holder.globs.length > 0) {
    const glob = changer.globs.find((it) => globsOverlap([it], holder.globs));
    return glob === undefined ? null : `touches ${glob}, as does ${holder.id}, which is in progress`;
  }
  if (changer.globs.length > 0) {
    const file = holder.files.find((it) => globsOverlap(changer.globs, [globOf(it)]));
    const glob = file === undefined ? undefined : changer.globs.find((it) => globsOverlap([it], [globOf(file)]));
    return glob === undefined
      ? null
      : `touches ${glob}, and ${holder.id}, which is in progress, changed ${file} before`;
  }
  if (holder.globs.length > 0) {
    const file = changer.files.find((it) => globsOverlap([globOf(it)], holder.globs));
    return file === undefined ? null : `changed ${file} before, which ${holder.id}, which is in progress, touches`;
  }
  const file = firstShared(changer.files, holder.files);
  return file === null ? null : `changed ${file} before, as did ${holder.id}, which is in progress`;
}

// What means something in a glob is only a letter of a name here.
function globOf(path: string): string {
  return path.replaceAll(/[*?[\]{}()!\\]/g, "?");
}

// Lists of literal paths, too long to be compared each with each.
function firstShared(files: readonly string[], others: readonly string[]): string | null {
  if (files.length === 0 || others.length === 0) return null;
  const there = new Set(others.map(folded));
  const above = new Set(others.flatMap(foldersOf));
  const isShared = (path: string): boolean =>
    there.has(folded(path)) || above.has(folded(path)) || foldersOf(path).some((it) => there.has(it));
  return files.find(isShared) ?? null;
}

function foldersOf(path: string): string[] {
  const parts = folded(path).split("/").slice(0, -1);
  return parts.map((_, index) => `${parts.slice(0, index + 1).join("/")}/`);
}

function folded(path: string): string {
  return path.toLowerCase();
}

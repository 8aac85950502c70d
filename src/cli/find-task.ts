import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suggest } from "../board/suggest.ts";
import { parseTask } from "../board/task-file.ts";
import type { Snapshot, TaskView } from "../decide/snapshot.ts";
import { KanbandError } from "../errors.ts";
import { readHeadNow } from "../git/head.ts";
import type { Board } from "../observe/open-board.ts";

/**
 * The task that a person means by an id, an alias, a file name or a path of its file; read whole, also where the snapshot
 * knows no more than its name. Throws TASK_UNKNOWN with what is near, BOARD_ELSEWHERE where no file of the board is to be seen.
 */
export function findTask(boardRoot: string, snapshot: Snapshot, word: string): TaskView {
  const found = seekTask(boardRoot, snapshot, word);
  if (found !== null) return found;
  requireBoardHere(snapshot);
  const near = nearest(
    idOf(word),
    snapshot.tasks.map(({ id }) => id),
  );
  const { state, detail } = snapshot.repo;
  const meant = near.length === 0 ? null : `Did you mean ${near.join(" or ")}?`;
  // Its file may be one of those that a checkout took away.
  const hints = [meant, state === "operation" ? detail : null].filter((it) => it !== null);
  throw new KanbandError("TASK_UNKNOWN", `no task '${word}'`, hints.length === 0 ? {} : { hint: hints.join(" ") });
}

/** The id that a person means, where there is no file to tell: of a path it is the name. */
export function idOf(word: string): string {
  return (word.split("/").at(-1) ?? word).replace(/\.md$/, "");
}

/** Throws BOARD_ELSEWHERE while another branch is checked out where the board should be, or its folder is gone. */
export function requireBoardHere({ repo }: Pick<Snapshot, "repo">): void {
  if (repo.state === "elsewhere" || repo.state === "missing") throw new KanbandError("BOARD_ELSEWHERE", repo.detail);
}

/** The same as `findTask`; null when there is no such task. */
export function seekTask(boardRoot: string, { tasks }: Snapshot, word: string): TaskView | null {
  const wanted = idOf(word);
  const found =
    tasks.find(({ id }) => id === wanted) ??
    tasks.find(({ task }) => task?.aliases.includes(wanted) === true) ??
    tasks.find(({ id }) => id.toLowerCase() === wanted.toLowerCase());
  if (found !== undefined) return readWhole(boardRoot, found);
  const accepted = tasks.filter(({ isNameOnly }) => isNameOnly).map((view) => readWhole(boardRoot, view));
  return accepted.find(({ task }) => task?.aliases.includes(wanted) === true) ?? null;
}

/**
 * The same, for commands that move or edit the file: throws TASK_DUPLICATE while several files claim the id, and BOARD_ELSEWHERE
 * on another branch and in a rebase or bisect. What lies there is another commit's board: its files would be in the way of
 * whatever ends that, or lie beside those of the board afterwards.
 */
export function findMovableTask(
  { boardRoot, boardRepo }: Pick<Board, "boardRoot" | "boardRepo">,
  snapshot: Snapshot,
  word: string,
): TaskView {
  requireBoardHere(snapshot);
  const view = findTask(boardRoot, snapshot, word);
  const { state, detail } = snapshot.repo;
  if (state === "operation" && readHeadNow(boardRepo).ref === null) {
    const hint = "No task can be moved until then: what lies there is the board of another commit.";
    throw new KanbandError("BOARD_ELSEWHERE", detail, { hint });
  }
  const others = view.duplicates.map(({ path }) => path);
  if (others.length === 0) return view;
  throw new KanbandError("TASK_DUPLICATE", `'${view.id}' is in ${[view.path, ...others].join(" and in ")}`);
}

/** A task of which the snapshot may know no more than the name, with what its file says. */
export function readWhole(boardRoot: string, view: TaskView): TaskView {
  if (!view.isNameOnly) return view;
  try {
    return { ...view, ...parseTask(view.path, view.lane, readFileSync(join(boardRoot, view.path))) };
  } catch {
    return view;
  }
}

const MOST_SUGGESTED = 3;

// People remember some words of the id, or mistype one letter of it.
function nearest(wanted: string, ids: readonly string[]): string[] {
  const words = wanted
    .toLowerCase()
    .split(/[-_.\s]+/)
    .filter((it) => it.length >= 2);
  const containing = ids.filter((id) => words.length > 0 && words.every((word) => id.toLowerCase().includes(word)));
  if (containing.length > 0) return containing.slice(0, MOST_SUGGESTED);
  const one = suggest(wanted, ids);
  return one === null ? [] : [one];
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suggest } from "../board/suggest.ts";
import { parseTask } from "../board/task-file.ts";
import type { Snapshot, TaskView } from "../decide/snapshot.ts";
import { KanbandError } from "../errors.ts";

/**
 * The task that a person means by an id, an alias, a file name or a path of its file; read whole, also where the snapshot
 * knows no more than its name. Throws TASK_UNKNOWN with what is near.
 */
export function findTask(boardRoot: string, { tasks }: Snapshot, word: string): TaskView {
  const wanted = (word.split("/").at(-1) ?? word).replace(/\.md$/, "");
  const found =
    tasks.find(({ id }) => id === wanted) ??
    tasks.find(({ task }) => task?.aliases.includes(wanted) === true) ??
    tasks.find(({ id }) => id.toLowerCase() === wanted.toLowerCase());
  if (found !== undefined) return readWhole(boardRoot, found);
  const accepted = tasks.filter(({ isNameOnly }) => isNameOnly).map((view) => readWhole(boardRoot, view));
  const byAlias = accepted.find(({ task }) => task?.aliases.includes(wanted) === true);
  if (byAlias !== undefined) return byAlias;
  const near = nearest(
    wanted,
    tasks.map(({ id }) => id),
  );
  const hint = near.length === 0 ? {} : { hint: `Did you mean ${near.join(" or ")}?` };
  throw new KanbandError("TASK_UNKNOWN", `no task '${word}'`, hint);
}

/** The same, for commands that move the file: throws TASK_DUPLICATE while several files claim the id. */
export function findMovableTask(boardRoot: string, snapshot: Snapshot, word: string): TaskView {
  const view = findTask(boardRoot, snapshot, word);
  const others = view.duplicates.map(({ path }) => path);
  if (others.length === 0) return view;
  throw new KanbandError("TASK_DUPLICATE", `'${view.id}' is in ${[view.path, ...others].join(" and in ")}`);
}

function readWhole(boardRoot: string, view: TaskView): TaskView {
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

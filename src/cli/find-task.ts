import { suggest } from "../board/suggest.ts";
import type { Snapshot, TaskView } from "../decide/snapshot.ts";
import { KanbandError } from "../errors.ts";

/**
 * The task that a person means by an id, an alias, a file name or a path of its file.
 * Throws TASK_UNKNOWN with what is near.
 */
export function findTask(snapshot: Snapshot, word: string): TaskView {
  const wanted = (word.split("/").at(-1) ?? word).replace(/\.md$/, "");
  const { tasks } = snapshot;
  const found =
    tasks.find(({ id }) => id === wanted) ??
    tasks.find(({ task }) => task?.aliases.includes(wanted) === true) ??
    tasks.find(({ id }) => id.toLowerCase() === wanted.toLowerCase());
  if (found !== undefined) return found;
  const near = nearest(
    wanted,
    tasks.map(({ id }) => id),
  );
  throw new KanbandError(
    "TASK_UNKNOWN",
    `no task '${word}'`,
    near.length === 0 ? {} : { hint: `Did you mean ${near.join(" or ")}?` },
  );
}

const MOST_SUGGESTED = 3;

// People remember a part of the id, or mistype one letter of it.
function nearest(wanted: string, ids: readonly string[]): string[] {
  const part = wanted.toLowerCase();
  const containing = part.length < 2 ? [] : ids.filter((id) => id.toLowerCase().includes(part));
  if (containing.length > 0) return containing.slice(0, MOST_SUGGESTED);
  const one = suggest(wanted, ids);
  return one === null ? [] : [one];
}

/** The same, for commands that move the file: throws TASK_DUPLICATE while several files claim the id. */
export function findMovableTask(snapshot: Snapshot, word: string): TaskView {
  const view = findTask(snapshot, word);
  const others = view.duplicates.map(({ path }) => path);
  if (others.length === 0) return view;
  throw new KanbandError("TASK_DUPLICATE", `'${view.id}' is in ${[view.path, ...others].join(" and in ")}`);
}

import { branchOf, taskIdOfBranch } from "../board/branch.ts";
import type { Snapshot, TaskView } from "./snapshot.ts";

// What a task is blocked with begins so: who accepts it once more has seen it.
const ONCE_MORE = "accept it once more to have it done without its work";

type Known = Pick<Snapshot, "branches" | "gone" | "settings">;

/**
 * Why an accepted task is not done though it has no branch to merge: its work was on one, and is not on the base. Null where
 * there is nothing to say, or where a person was told and has accepted it all the same.
 */
export function goneWork(view: TaskView, snapshot: Known): string | null {
  if (view.lane !== "done" || view.task?.blocked?.startsWith(ONCE_MORE) === true) return null;
  const former = formerName(view, snapshot);
  if (former !== null) return `${ONCE_MORE}: ${formerWords(former)}`;
  const sha = snapshot.gone?.get(view.id);
  if (sha === undefined) return null;
  const branch = branchOf(view.id);
  const base = snapshot.settings?.base ?? "the base";
  return `${ONCE_MORE}: ${branch} is gone, and ${base} does not have what it held; \`git branch ${branch} ${sha.slice(0, 12)}\` brings it back`;
}

/** The name that the file of a task had when it was worked on, as its keys say; null when it is its own. */
export function formerName({ id, task }: TaskView, { branches }: Pick<Snapshot, "branches">): string | null {
  const branch = task?.branch ?? null;
  if (branch === null || branch === branchOf(id) || branches.has(id)) return null;
  const former = taskIdOfBranch(branch);
  return former !== null && branches.has(former) ? former : null;
}

/** Says that a file was renamed, and what to do. */
export function formerWords(former: string): string {
  return `its work is on ${branchOf(former)}, of the name that it had: name its file ${former}.md again`;
}

import type { Edit } from "./action.ts";
import type { Board } from "./board-index.ts";
import { addEdit, addReason, type Plan } from "./plan.ts";
import type { DuplicateView, TaskView } from "./snapshot.ts";

/**
 * Two files with one id: the one that is an unmodified older version of the other goes, since git keeps it. Otherwise
 * neither runs until a person has removed one.
 */
export function decideDuplicates(board: Board, plan: Plan): void {
  for (const view of board.snapshot.tasks) {
    if (view.duplicates.length === 0) continue;
    if (board.jobs.has(view.id)) continue;
    for (const other of view.duplicates) addEdit(plan, removal(view, other, board));
  }
}

/** Says which files stand in each other's way. */
export function explainDuplicates(view: TaskView, plan: Plan): void {
  if (view.duplicates.length === 0) return;
  const paths = [view.path, ...view.duplicates.map(({ path }) => path)].toSorted();
  addReason(
    plan,
    view.id,
    `${paths.length} files are this task, and neither runs: ${paths.join(", ")}; remove all but one`,
  );
}

function removal(view: TaskView, other: DuplicateView, board: Board): Edit | null {
  if (!other.isOlderVersion || other.blobSha === null) return null;
  // Files that merely share an alias are two tasks.
  if (!other.path.endsWith(`/${view.id}.md`)) return null;
  // What is kept must be in git before the other goes.
  if (view.headSha === null || view.task === null || !view.isSettled) return null;
  const twin = findView(other.path, view, board);
  if (twin !== undefined && (!twin.isSettled || twin.blobSha !== other.blobSha)) return null;
  const isMutual = twin?.duplicates.some((it) => it.path === view.path && it.isOlderVersion) ?? false;
  // Equal files are each an older version of the other: the one that the board branch has stays.
  if (isMutual && !isKept(view, other.path)) return null;
  return {
    kind: "edit",
    intent: "remove-duplicate",
    taskId: view.id,
    path: other.path,
    expectBlob: other.blobSha,
    toLane: null,
    set: [],
    subject: `Remove ${other.path}: an older version of ${view.path}`,
    trailers: [["Task", view.id]],
    notice: null,
  };
}

function findView(path: string, view: TaskView, board: Board): TaskView | undefined {
  return board.views.get(view.id)?.find((it) => it.path === path);
}

function isKept(view: TaskView, otherPath: string): boolean {
  if (view.headPath === view.path) return true;
  return view.headPath !== otherPath && view.path < otherPath;
}

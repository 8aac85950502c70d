import type { Lane } from "../board/lane.ts";
import type { Session } from "../board/session.ts";
import type { Task } from "../board/task.ts";
import type { Settings } from "../config/settings.ts";
import type { JobView, RunView, Snapshot, TaskView } from "./snapshot.ts";

/** A snapshot with what the rules look up again and again, indexed once so that no rule has to search. */
export type Board = {
  snapshot: Snapshot;
  now: number;
  /** Every file of each id; more than one is a duplicate. */
  views: ReadonlyMap<string, readonly TaskView[]>;
  byLane: Readonly<Record<Lane, readonly TaskView[]>>;
  /** The ids that a name in `dependencies` may mean: an id, or an alias. */
  idsByName: ReadonlyMap<string, readonly string[]>;
  runs: ReadonlyMap<string, readonly RunView[]>;
  /** The jobs in progress. */
  underWay: readonly JobView[];
  /** Kinds of the jobs in progress, by task. */
  jobs: ReadonlyMap<string, readonly string[]>;
  /** What failed and is not to be tried again yet, by `restKey`. */
  resting: ReadonlyMap<string, JobView & { retryAt: number }>;
  /** Ids whose file is gone for certain: the deletion is settled and not committed yet. */
  deletedIds: ReadonlySet<string>;
};

/** A board with settings in force: without any, nothing is started. */
export type ActiveBoard = Board & { settings: Settings };

/** A file that can be read and that no second file contradicts. */
export type ReadableView = TaskView & { task: Task };

/** A file that may be edited now. */
export type EditableView = ReadableView & { blobSha: string };

/** Indexes a snapshot. Linear in its size; what is made of its tasks is made once for each list of them. */
export function indexBoard(snapshot: Snapshot): Board {
  const { observedAt: now } = snapshot;
  return { snapshot, now, ...indexTasks(snapshot.tasks), ...indexActivity(snapshot), deletedIds: deletedIds(snapshot) };
}

type TaskIndex = Pick<Board, "views" | "byLane" | "idsByName">;

// On an idle board of thousands of tasks each look brings the very list of the last one. Nobody changes a list.
const indexes = new WeakMap<readonly TaskView[], TaskIndex>();

function indexTasks(tasks: readonly TaskView[]): TaskIndex {
  const known = indexes.get(tasks);
  if (known !== undefined) return known;
  const views = new Map<string, TaskView[]>();
  const idsByName = new Map<string, string[]>();
  const byLane: Record<Lane, TaskView[]> = {
    backlog: [],
    planned: [],
    doing: [],
    for_review: [],
    done: [],
    blocked: [],
  };
  for (const view of tasks) {
    push(views, view.id, view);
    byLane[view.lane].push(view);
    addName(idsByName, view.id, view.id);
    for (const alias of view.task?.aliases ?? []) addName(idsByName, alias, view.id);
  }
  const index = { views, byLane, idsByName };
  indexes.set(tasks, index);
  return index;
}

function indexActivity(snapshot: Snapshot): Pick<Board, "runs" | "jobs" | "underWay" | "resting"> {
  const runs = new Map<string, RunView[]>();
  for (const run of snapshot.runs) push(runs, run.taskId, run);
  const jobs = new Map<string, string[]>();
  const resting = new Map<string, JobView & { retryAt: number }>();
  const underWay: JobView[] = [];
  for (const job of snapshot.jobs) {
    if (job.retryAt !== null) {
      resting.set(restKey(job.kind, job.taskId, job.of), { ...job, retryAt: job.retryAt });
      continue;
    }
    underWay.push(job);
    if (job.taskId !== null) push(jobs, job.taskId, job.kind);
    for (const id of job.with ?? []) push(jobs, id, job.kind);
  }
  return { runs, jobs, underWay, resting };
}

/** The name under which a failed effect rests: one of a kind a task, or a part of it. */
export function restKey(kind: string, taskId: string | null, of = ""): string {
  return `${kind} ${taskId ?? ""} ${of}`;
}

/** Whether the file is read, valid and the only one of its id. */
export function isReadable(view: TaskView): view is ReadableView {
  return view.task !== null && view.duplicates.length === 0;
}

/** Whether the daemon may leave its mark in the file now: readable, settled, no job is at work on the task, and no edit rests. */
export function isEditable(board: Board, view: TaskView): view is EditableView {
  if (!isReadable(view) || !view.isSettled || view.blobSha === null) return false;
  return !board.jobs.has(view.id) && restingEdit(board, view.id) === undefined;
}

/** The edit of the task's file that failed and is not to be tried again yet. */
export function restingEdit(board: Board, taskId: string): (JobView & { retryAt: number }) | undefined {
  // Nothing rests on nearly every board, and this is asked of each task again and again.
  return board.resting.size === 0 ? undefined : board.resting.get(restKey("edit", taskId));
}

/** Whether the file stands on the board branch exactly as it is on disk. */
export function isCommitted(view: TaskView): boolean {
  return view.headPath === view.path && view.blobSha !== null && view.headSha === view.blobSha;
}

/** Whether a run's process may still be alive. */
export function isLive(run: RunView): boolean {
  return run.state === "starting" || run.state === "running";
}

/** Whether collecting a run that is over failed, and is not tried again yet. */
export function isUncollectable(run: RunView, { resting }: Board): boolean {
  return resting.size > 0 && !isLive(run) && resting.has(restKey("collect", run.taskId, run.runId));
}

/** The session files of a task; none for a task that never ran. */
export function sessionsOf(board: Board, taskId: string): readonly Session[] {
  return board.snapshot.sessions.get(taskId) ?? [];
}

function deletedIds({ uncommitted }: Snapshot): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { path, blobSha } of uncommitted) {
    if (blobSha !== null || !path.startsWith("board/") || !path.endsWith(".md")) continue;
    ids.add(path.slice(path.lastIndexOf("/") + 1, -".md".length));
  }
  return ids;
}

function addName(idsByName: Map<string, string[]>, name: string, id: string): void {
  const ids = idsByName.get(name);
  if (ids === undefined) idsByName.set(name, [id]);
  else if (!ids.includes(id)) ids.push(id);
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

import type { JobView } from "../decide/snapshot.ts";
import { idOfPath } from "./board-index.ts";
import { kindOfPath } from "./list-board.ts";
import type { FilesReading } from "./look-at-files.ts";
import type { Observed } from "./observed.ts";
import { movedFolders } from "./session-part.ts";

export type SessionHints = {
  files: FilesReading;
  paths: ReadonlySet<string> | null;
  runTaskIds: ReadonlySet<string>;
  jobs: readonly JobView[];
  /** Tasks whose branch came or moved since the last look. */
  moved: readonly string[];
};

/** Old folders looked into in each sweep, in turn: an edit in place does not show in the stamp of its folder. */
const TURN = 200;
/** What was spent today counts even for tasks that nobody needs any more. */
const RECENT_MAX = 500;
const DAY_MS = 86_400_000;

/** The session folders to look into: those that daemon and agents are at work on, and those that changed. */
export function sessionNames(observed: Observed, { files, paths, runTaskIds, jobs, moved }: SessionHints): Set<string> {
  const { sessions, board } = observed;
  const names = new Set<string>([...runTaskIds, ...moved]);
  for (const path of paths ?? []) {
    const [top, name] = path.split("/");
    if (top === "sessions" && name !== undefined) names.add(name);
  }
  // A job writes session files until it ends, so the one that ended since the last look counts too.
  for (const { taskId } of jobs) if (taskId !== null) names.add(taskId);
  for (const taskId of observed.jobIds) names.add(taskId);
  for (const view of board.index.views.values()) {
    if (
      view.lane === "doing" || view.lane === "for_review"
        ? (view.task?.assigned ?? null) !== null
        : view.lane === "done" && observed.wantedIds.has(view.id)
    ) {
      names.add(view.id);
    }
  }
  for (const path of files.touched) if (kindOfPath(path) === "task") addUnread(observed, idOfPath(path), names);
  // Whoever takes back what the daemon did says so in a record, and moves the file after it.
  if (!files.isSweep)
    for (const path of files.touched) if (observed.tips.has(idOfPath(path))) names.add(idOfPath(path));
  for (const name of files.sessionNames) addChanged(observed, name, files.now, names);
  if (files.repo.state === "ready" && board.index.head.sessionsSha !== observed.sessionsSha) {
    observed.sessionsSha = board.index.head.sessionsSha;
    for (const name of movedFolders(sessions, board.index.head)) names.add(name);
  }
  if (files.isSweep) for (const name of nextTurn(observed)) names.add(name);
  return names;
}

/** Remembers which tasks have a job, for the next look. */
export function rememberJobs(observed: Observed, jobs: readonly JobView[]): void {
  observed.jobIds = new Set(jobs.flatMap(({ taskId }) => taskId ?? []));
}

// A task that somebody needs (again) has its sessions read.
function addUnread({ sessions, board }: Observed, id: string, names: Set<string>): void {
  const view = board.index.views.get(id);
  const isNeeded = view !== undefined && !view.isNameOnly && !sessions.disk.folders.has(id);
  if (isNeeded && (sessions.disk.names.has(id) || board.index.head.sessions.has(id))) names.add(id);
}

function addChanged(observed: Observed, name: string, now: number, names: Set<string>): void {
  const { sessions, board } = observed;
  const view = board.index.views.get(name);
  const mtimeMs = sessions.disk.names.get(name)?.mtimeMs ?? 0;
  const isToday = mtimeMs >= now - (now % DAY_MS) && sessions.disk.folders.size < RECENT_MAX;
  const isNeeded = view !== undefined && !view.isNameOnly;
  if (isNeeded || isToday || (observed.isTrusted && !sessions.trusted.has(name))) names.add(name);
}

function nextTurn(observed: Observed): string[] {
  const all = [...observed.sessions.disk.names.keys()];
  const from = observed.sessionCursor < all.length ? observed.sessionCursor : 0;
  observed.sessionCursor = from + TURN;
  return all.slice(from, from + TURN);
}

import type { Lane } from "../board/lane.ts";
import { parseTask } from "../board/task-file.ts";
import type { Change, TaskView } from "../decide/snapshot.ts";
import { readBlob } from "../git/objects.ts";
import type { Repository } from "../git/repository.ts";
import { judgePath, missingTasks } from "./board-changes.ts";
import { refreshBoard } from "./board-disk.ts";
import { type BoardIndex, idOfPath, indexDisk } from "./board-index.ts";
import { ghostView } from "./ghost-view.ts";
import { judgeTwins, type TwinVerdict } from "./judge-twins.ts";
import { kindOfPath } from "./list-board.ts";
import { buildTaskView, laneOfPath, regularPaths, type ViewFacts } from "./task-view.ts";

/** Tasks and settled differences, kept from look to look and renewed where something was touched. */
export type BoardPart = {
  readonly index: BoardIndex;
  /** All views in a list: the same one until a view changes, so that others may keep what they made of it. */
  list: readonly TaskView[] | null;
  readonly dirty: Map<string, Change>;
  /** Paths to look at again, and when. */
  readonly pending: Map<string, number>;
  readonly verdicts: Map<string, TwinVerdict>;
  /** Tasks whose file is missing and not yet believed to be gone, by the path on the board branch. */
  readonly ghosts: Map<string, TaskView>;
  /** Touched while the repository was not ready, so not compared yet. */
  readonly deferred: Set<string>;
};

export type BoardContext = {
  repo: Repository;
  now: number;
  /** Only then differences mean anything. */
  isReady: boolean;
  /** Whether a missing file may have been taken away by a stash. */
  mayBeStashed(path: string): boolean;
  /** Tasks in `done/` of which more than the name is wanted. */
  isWanted(id: string): boolean;
  enteredAt(id: string, lane: Lane, path: string): number | null;
};

export function createBoardPart(index: BoardIndex): BoardPart {
  return {
    index,
    list: null,
    dirty: new Map(),
    pending: new Map(),
    verdicts: new Map(),
    ghosts: new Map(),
    deferred: new Set(),
  };
}

/** Renews the views and differences of all touched paths, and of everything that shares an id with one of them. */
export async function updateBoard(part: BoardPart, changed: ReadonlySet<string>, context: BoardContext): Promise<void> {
  const { index } = part;
  const touched = new Set([...changed, ...part.pending.keys()]);
  if (context.isReady) {
    for (const path of part.deferred) touched.add(path);
    part.deferred.clear();
  } else {
    for (const path of touched) part.deferred.add(path);
    // Whatever is missing now says nothing about what a person removed.
    index.absences.clear();
  }
  for (const [id, { until }] of part.verdicts) if (until > 0) for (const path of index.byId.get(id)) touched.add(path);
  for (const path of readWanted(index, touched, context)) touched.add(path);
  const ids = new Set<string>();
  for (const path of touched) if (kindOfPath(path) === "task") ids.add(idOfPath(path));
  for (const id of ids) {
    for (const path of index.byId.get(id)) touched.add(path);
    for (const path of index.headById.get(id)) touched.add(path);
  }
  if (ids.size > 0) part.list = null;
  await updateVerdicts(part, ids, context);
  const facts = viewFacts(part, await readLaneRequests(index, ids, context.repo), context);
  for (const id of ids) {
    const view = buildTaskView(index, id, facts);
    if (view === null) part.index.views.delete(id);
    else index.views.set(id, view);
  }
  if (context.isReady) compare(part, touched, context);
}

/** The tasks of the board, with those whose file is missing but not, or not yet, believed to be gone. */
export async function listViews(
  part: BoardPart,
  repo: Repository,
  gone: ReadonlySet<string>,
): Promise<readonly TaskView[]> {
  const { index } = part;
  part.list ??= [...index.views.values()];
  const unbelieved = new Set([...index.absences.keys(), ...gone]);
  const missing = missingTasks(index, unbelieved).filter((path) => !part.dirty.has(path));
  for (const path of part.ghosts.keys()) if (!missing.includes(path)) part.ghosts.delete(path);
  if (missing.length === 0) return part.list;
  const views = [...part.list];
  for (const path of missing) {
    const ghost = part.ghosts.get(path) ?? (await ghostView(index, repo, path));
    part.ghosts.set(path, ghost);
    views.push(ghost);
  }
  return views;
}

/** When the next path settles or the next twins can be judged; null when nothing is pending. */
export function nextSettling(part: BoardPart): number | null {
  let next: number | null = null;
  for (const until of part.pending.values()) next = Math.min(next ?? until, until);
  for (const { until } of part.verdicts.values()) if (until > 0) next = Math.min(next ?? until, until);
  return next;
}

// Unread files are read once somebody needs them, or once the branch no longer has what they were known to hold.
function readWanted(index: BoardIndex, touched: ReadonlySet<string>, context: BoardContext): Set<string> {
  const unread = [...touched].filter((path) => {
    if (index.disk.tasks.get(path)?.depth !== "name") return false;
    const id = idOfPath(path);
    const trusted = index.trusted.get(path);
    const isTrusted = !context.isReady || (trusted !== undefined && trusted === index.headFiles.get(path));
    return !isTrusted || context.isWanted(id) || index.byId.get(id).length > 1;
  });
  if (unread.length === 0) return new Set();
  return indexDisk(
    index,
    refreshBoard(index.disk, unread, () => "content", context.now),
  );
}

async function updateVerdicts(part: BoardPart, ids: ReadonlySet<string>, { repo, now }: BoardContext): Promise<void> {
  for (const id of ids) {
    if (part.index.byId.get(id).length < 2 || regularPaths(part.index, id).length < 2) part.verdicts.delete(id);
    else {
      const verdict = await judgeTwins(part.index, repo, id, now);
      if (verdict !== null) part.verdicts.set(id, verdict);
    }
  }
}

// Only where the file asks for a lane and the branch has other bytes there, the branch's bytes must be read.
async function readLaneRequests(
  index: BoardIndex,
  ids: ReadonlySet<string>,
  repo: Repository,
): Promise<Map<string, string | null>> {
  const requests = new Map<string, string | null>();
  for (const id of ids) {
    for (const path of index.byId.get(id)) {
      const record = index.disk.tasks.get(path);
      const headSha = index.headFiles.get(path);
      const request = record?.value?.task?.laneRequest ?? null;
      if (headSha === undefined || request === null || record?.blobSha === headSha) continue;
      const bytes = await readBlob(repo, headSha);
      const task = bytes === null ? null : parseTask(path, laneOfPath(path), bytes).task;
      requests.set(headSha, task?.laneRequest ?? null);
    }
  }
  return requests;
}

function viewFacts(part: BoardPart, requests: ReadonlyMap<string, string | null>, context: BoardContext): ViewFacts {
  return {
    now: context.now,
    laneRequestIn: (headSha) => requests.get(headSha) ?? null,
    isOlder: (path) => part.verdicts.get(idOfPath(path))?.older.has(path) ?? false,
    enteredAt: (id, lane, path) => context.enteredAt(id, lane, path),
  };
}

function compare(part: BoardPart, touched: ReadonlySet<string>, { now, mayBeStashed }: BoardContext): void {
  const { index, verdicts } = part;
  const withheldUntil = (path: string): number | null => {
    const verdict = verdicts.get(idOfPath(path));
    if (verdict === undefined) return null;
    // An older version is removed, not committed once more; the edit that removes it makes this look again.
    return verdict.older.has(path) ? now + OLDER_MS : verdict.until;
  };
  for (const path of touched) {
    const judgement = judgePath(index, path, { now, withheldUntil, mayBeStashed });
    part.dirty.delete(path);
    part.pending.delete(path);
    if (judgement.state === "change") part.dirty.set(path, judgement.change);
    if (judgement.state === "wait") part.pending.set(path, judgement.until);
  }
}

const OLDER_MS = 2_000;

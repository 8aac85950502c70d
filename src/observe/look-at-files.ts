import { resolveRef } from "../git/head.ts";
import { missingTasks } from "./board-changes.ts";
import { refreshBoard, relistBoard, sweepBoard } from "./board-disk.ts";
import { idOfPath, indexDisk, indexHead } from "./board-index.ts";
import { unlessHalfSwitched } from "./half-switched.ts";
import { readHeadTree } from "./head-tree.ts";
import type { Observed } from "./observed.ts";
import { isSameHead, type RepoReading, readRepo } from "./repo-state.ts";
import { listSessions } from "./session-disk.ts";
import { establishTrust } from "./trust.ts";

export type FilesReading = {
  now: number;
  repo: RepoReading;
  /** Paths under `board/` that changed on disk or on the board branch. */
  touched: Set<string>;
  /** Session folders that came, went or changed; only a sweep tells. */
  sessionNames: Set<string>;
  isSweep: boolean;
};

const ATTEMPTS = 3;
const SOON_MS = 50;

/**
 * Reads disk and board branch so that they belong together: if HEAD or the index moved in between, it is done again, and
 * if they never stand still, the repository is busy. `paths` null looks at everything.
 */
export async function lookAtFiles(observed: Observed, paths: ReadonlySet<string> | null): Promise<FilesReading> {
  const { boardRepo, clock } = observed.options;
  const { index } = observed.board;
  const touched = new Set<string>();
  const sessionNames = new Set<string>();
  for (let attempt = 1; ; attempt++) {
    const now = clock();
    const isSweep = paths === null || !observed.isTrusted || index.disk.trouble !== null || wasAway(observed);
    const before = await readRepo(boardRepo, null, now);
    if (!isOnce(observed)) for (const path of await takeHead(observed, before)) touched.add(path);
    for (const path of takeDisk(observed, isSweep ? null : [...(paths ?? []), ...touched], now)) touched.add(path);
    if (isSweep) for (const name of listSessions(observed.sessions.disk)) sessionNames.add(name);
    for (const name of sessionNames) observed.sessions.trusted.delete(name);
    if (isOnce(observed)) await assumeCommitted(observed, before);
    else if (!observed.isTrusted && before.state === "ready" && index.disk.trouble === null) {
      await establishTrust(observed, now);
      for (const name of observed.sessions.disk.names.keys()) sessionNames.add(name);
    }
    const read = await readRepo(boardRepo, index.disk.trouble ?? observed.sessions.disk.trouble, now);
    const repo = isOnce(observed) ? read : await unlessHalfSwitched(observed.staged, boardRepo, { reading: read, now });
    const reading = { now, repo, touched, sessionNames, isSweep };
    if (isSameHead(before.head, repo.head)) {
      observed.lastState = repo.state;
      return reading;
    }
    observed.isTrusted = observed.isTrusted && paths !== null;
    if (attempt === ATTEMPTS) {
      const detail = "another git command keeps changing this repository";
      return { ...reading, repo: { ...repo, state: "busy", detail, lookAgainAt: now + SOON_MS } };
    }
  }
}

// While another branch was checked out, anything may have changed, and much of it at once.
function wasAway({ lastState }: Observed): boolean {
  return lastState !== "ready" && lastState !== "busy";
}

/** Whether only a person looks, and differences to the board branch are nobody's business. */
export function isOnce({ options }: Observed): boolean {
  return options.mode === "once";
}

async function assumeCommitted({ options, board }: Observed, { boardBranch }: RepoReading): Promise<void> {
  const { index } = board;
  const commitSha = boardBranch === "" ? null : await resolveRef(options.boardRepo, boardBranch);
  index.head = { ...index.head, commitSha };
  for (const { path, blobSha } of index.disk.tasks.values()) {
    if (blobSha === null) continue;
    index.headFiles.set(path, blobSha);
    index.headById.add(idOfPath(path), path);
  }
}

async function takeHead({ options, board }: Observed, { boardBranch }: RepoReading): Promise<Set<string>> {
  const tip = boardBranch === "" ? null : await resolveRef(options.boardRepo, boardBranch);
  return indexHead(board.index, await readHeadTree(options.boardRepo, tip, board.index.head));
}

function takeDisk(observed: Observed, paths: readonly string[] | null, now: number): Set<string> {
  const { index, dirty, pending } = observed.board;
  const depthOf = (path: string) => (isByName(observed, path) ? "name" : "content");
  if (paths === null) return indexDisk(index, sweepBoard(index.disk, depthOf, now));
  // Whatever is not as committed is looked at each time, hint or no hint.
  const wanted = new Set([...paths.map(fromFolder), ...dirty.keys(), ...pending.keys()]);
  const touched = indexDisk(index, refreshBoard(index.disk, wanted, depthOf, now));
  // Files that share a name with what changed: of a move perhaps only the arrival was heard of.
  const others = [...touched].filter((path) => !wanted.has(path));
  for (const path of indexDisk(index, refreshBoard(index.disk, others, depthOf, now))) touched.add(path);
  // The other half of a move may not have been heard of, nor what went with it: before a task counts as missing, and as removed,
  // look everywhere.
  const lost = missingTasks(index, new Set([...touched, ...index.absences.keys()])).filter((path) => !dirty.has(path));
  if (lost.length === 0) return touched;
  return new Set([...touched, ...indexDisk(index, relistBoard(index.disk, depthOf, now))]);
}

/** Accepted tasks are known by name until somebody needs more. */
function isByName(observed: Observed, path: string): boolean {
  return path.startsWith("board/done/") && !observed.areAliasesRead && !observed.wantedIds.has(idOfPath(path));
}

function fromFolder(path: string): string {
  return path.replace(/\/+$/, "");
}

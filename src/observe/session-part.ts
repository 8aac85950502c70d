import type { Finding } from "../board/finding.ts";
import type { Session } from "../board/session.ts";
import type { Change } from "../decide/snapshot.ts";
import type { Repository } from "../git/repository.ts";
import { type HeadTree, readHeadFiles } from "./head-tree.ts";
import { refreshSessions, type SessionDisk } from "./session-disk.ts";
import { type Absences, GONE_MS, noteAbsence, STASH_GONE_MS } from "./settle.ts";

/** Sessions and their settled differences, for the folders that somebody needs or that differ from the board branch. */
export type SessionPart = {
  readonly disk: SessionDisk;
  /** Unread folders that are known to be what the board branch had as this tree. */
  readonly trusted: Map<string, string>;
  readonly sessions: Map<string, readonly Session[]>;
  readonly findings: Map<string, readonly Finding[]>;
  readonly dirty: Map<string, Map<string, Change>>;
  readonly pending: Map<string, number>;
  readonly absences: Absences;
  /** The tree each examined folder was compared with. */
  readonly comparedWith: Map<string, string>;
};

export type SessionContext = {
  repo: Repository;
  head: HeadTree;
  now: number;
  isReady: boolean;
  /** Whether a missing file may have been taken away by a stash. */
  mayBeStashed(path: string): boolean;
  /** Session files of runs that are recorded: they grow, and are committed once the run is collected. */
  livePaths: ReadonlySet<string>;
};

export function createSessionPart(disk: SessionDisk): SessionPart {
  return {
    disk,
    trusted: new Map(),
    sessions: new Map(),
    findings: new Map(),
    dirty: new Map(),
    pending: new Map(),
    absences: new Map(),
    comparedWith: new Map(),
  };
}

/** Reads these folders where they changed, and compares them with the board branch. */
export async function updateSessions(
  part: SessionPart,
  names: Iterable<string>,
  context: SessionContext,
): Promise<void> {
  if (!context.isReady) part.absences.clear();
  for (const name of new Set([...names, ...part.pending.keys()])) await updateFolder(part, name, context);
}

/** Folders of the board branch that are not what was last compared with, or never were. */
export function movedFolders(part: SessionPart, head: HeadTree): string[] {
  const moved = [...head.sessions].filter(
    ([name, sha]) => (part.comparedWith.get(name) ?? part.trusted.get(name)) !== sha,
  );
  const removed = [...part.comparedWith.keys()].filter(
    (name) => !head.sessions.has(name) && part.comparedWith.get(name) !== "",
  );
  return [...moved.map(([name]) => name), ...removed];
}

async function updateFolder(part: SessionPart, name: string, context: SessionContext): Promise<void> {
  const { disk } = part;
  const isChanged = refreshSessions(disk, name, context.livePaths, context.now);
  if (disk.trouble !== null) return;
  if (isChanged) readFacts(part, name);
  if (context.isReady) await compareFolder(part, name, context);
}

function readFacts(part: SessionPart, name: string): void {
  const records = [...(part.disk.folders.get(name)?.files.values() ?? [])];
  const sessions = records.flatMap((it) => it.value?.session ?? []);
  const findings = records.flatMap((it) => [
    ...(it.value?.findings ?? []),
    ...(it.problem === null ? [] : [it.problem]),
  ]);
  if (sessions.length === 0) part.sessions.delete(name);
  else part.sessions.set(name, sessions);
  if (findings.length === 0) part.findings.delete(name);
  else part.findings.set(name, findings);
}

async function compareFolder(
  part: SessionPart,
  name: string,
  { repo, head, now, livePaths, mayBeStashed }: SessionContext,
): Promise<void> {
  const treeSha = head.sessions.get(name);
  const committed =
    treeSha === undefined ? new Map<string, string>() : await readHeadFiles(repo, treeSha, `sessions/${name}`);
  const files = part.disk.folders.get(name)?.files ?? new Map<string, never>();
  const dirty = new Map<string, Change>();
  let until: number | null = null;
  for (const path of new Set([...files.keys(), ...committed.keys()])) {
    const headSha = committed.get(path) ?? null;
    const record = files.get(path);
    if (livePaths.has(path)) continue;
    if (record !== undefined) {
      part.absences.delete(path);
      const { blobSha } = record;
      if (blobSha !== null && blobSha !== headSha) dirty.set(path, { path, blobSha, headSha });
    } else if (headSha !== null) {
      const isFirst = part.absences.get(path)?.headSha !== headSha;
      const goneAt = noteAbsence(part.absences, path, headSha, now);
      if (isFirst || goneAt > now) until = now + GONE_MS;
      else if (mayBeStashed(path)) until = now + STASH_GONE_MS;
      else dirty.set(path, { path, blobSha: null, headSha });
    }
  }
  part.trusted.delete(name);
  part.comparedWith.set(name, treeSha ?? "");
  if (dirty.size === 0) part.dirty.delete(name);
  else part.dirty.set(name, dirty);
  if (until === null) part.pending.delete(name);
  else part.pending.set(name, until);
}

import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Finding } from "../board/finding.ts";
import type { Session } from "../board/session.ts";
import { withDispatch } from "../board/session-dispatch.ts";
import { parseSession, sessionMessage } from "../board/session-file.ts";
import { SESSION_DEPTH } from "../board/session-output.ts";
import { isTaskFile } from "../board/task-file.ts";
import { blobIdOf, type ObjectFormat } from "./blob-id.ts";
import { type FileReader, type FileRecord, refreshFile } from "./file-record.ts";
import { isCode, isSameStamp, readStamp, type Stamp } from "./stamp.ts";

export type SessionReading = { session: Session | null; findings: readonly Finding[] };

/** One folder of `sessions/` as it was when last read. */
export type SessionFolder = {
  readonly stamp: Stamp | null;
  readonly files: ReadonlyMap<string, FileRecord<SessionReading>>;
};

/** The session files on disk: folders that matter are read, of all others only their names and stamps are known. */
export type SessionDisk = {
  readonly reader: FileReader<SessionReading>;
  readonly folders: Map<string, SessionFolder>;
  /** Stamps of folders that are on disk and unread. */
  readonly names: Map<string, Stamp>;
  trouble: string | null;
};

const TALES = new Set(["context.md", "decisions.md"]);
const NO_FOLDER: SessionFolder = { stamp: null, files: new Map() };

export function createSessionDisk(root: string, format: ObjectFormat): SessionDisk {
  const reader: FileReader<SessionReading> = { root, format, code: "TASK_INVALID", parse };
  return { reader, folders: new Map(), names: new Map(), trouble: null };

  function parse(path: string, bytes: Uint8Array, blobSha: string | null): SessionReading {
    const { session, findings } = readSession(path, bytes);
    // Of a file that grows only the top is here; a step that is done has a message that can be approved.
    if (session?.state !== "done" || blobSha === null) return { session, findings };
    const text = Buffer.from(bytes).toString("utf8");
    const read = withDispatch({ ...session, messageSha: blobIdOf(Buffer.from(sessionMessage(text)), format) }, text);
    return { session: read.session, findings: [...findings, ...read.findings] };
  }
}

/** Lists `sessions/` anew; answers the names of unread folders that came, went or changed. */
export function listSessions(disk: SessionDisk): Set<string> {
  const changed = new Set<string>();
  const present = new Set(readNames(disk));
  for (const name of present) {
    const stamp = readStamp(join(disk.reader.root, "sessions", name));
    const previous = disk.names.get(name);
    if (stamp?.kind !== "folder") {
      if (disk.names.delete(name)) changed.add(name);
    } else if (previous === undefined || !isSameStamp(previous, stamp)) {
      disk.names.set(name, stamp);
      changed.add(name);
    }
  }
  for (const name of disk.names.keys()) {
    if (present.has(name)) continue;
    disk.names.delete(name);
    changed.add(name);
  }
  return changed;
}

/**
 * Reads what changed in one folder and answers whether anything did. Files of runs in progress grow all the time: of them
 * only the facts on top are read.
 */
export function refreshSessions(disk: SessionDisk, name: string, livePaths: ReadonlySet<string>, now: number): boolean {
  const previous = disk.folders.get(name) ?? NO_FOLDER;
  const folder = `sessions/${name}`;
  const files = new Map<string, FileRecord<SessionReading>>();
  let isChanged = !disk.folders.has(name);
  const paths = listFiles(disk, folder, 1);
  if (disk.trouble !== null) return false;
  for (const path of paths) {
    const known = previous.files.get(path);
    const record = refreshFile(disk.reader, path, known, livePaths.has(path) ? "head" : "content", now);
    if (record !== null) files.set(path, record);
    if (record !== known) isChanged = true;
  }
  if (files.size !== previous.files.size) isChanged = true;
  if (isChanged) disk.folders.set(name, { stamp: readStamp(join(disk.reader.root, folder)), files });
  return isChanged;
}

function readNames(disk: SessionDisk): string[] {
  try {
    disk.trouble = null;
    return readdirSync(join(disk.reader.root, "sessions")).filter((name) => !name.startsWith("."));
  } catch (error) {
    if (!isCode(error, "ENOENT")) disk.trouble = "sessions/ cannot be read: mend its permissions";
    return isCode(error, "ENOENT") ? [] : [...disk.names.keys()];
  }
}

function listFiles(disk: SessionDisk, folder: string, depth: number): string[] {
  try {
    return readdirSync(join(disk.reader.root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory())
        return depth < SESSION_DEPTH && !entry.name.startsWith(".") ? listFiles(disk, path, depth + 1) : [];
      return isTaskFile(entry.name) ? [path] : [];
    });
  } catch (error) {
    if (!isCode(error, "ENOENT") && !isCode(error, "ENOTDIR"))
      disk.trouble = `${folder} cannot be read: mend its permissions`;
    return [];
  }
}

/**
 * The facts of a run in a file below `sessions/<task>/`; null for what holds none: `context.md` and `decisions.md` tell what
 * happened, `tasks/` holds prompts.
 */
export function readSession(path: string, bytes: Uint8Array): SessionReading {
  const [, taskId = "", ...rest] = path.split("/");
  if (TALES.has(rest.at(-1) ?? "") || rest[0] === "tasks") return { session: null, findings: [] };
  return parseSession(path, taskId, bytes);
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "../board/session.ts";
import { isTaskFile } from "../board/task-file.ts";
import { resolveRef } from "../git/head.ts";
import { listVersions } from "../git/path-versions.ts";
import type { Board } from "./open-board.ts";
import { readSession } from "./session-disk.ts";

/** Every attempt of every step that a session file tells of, or told of once. */
export type SessionHistory = {
  /** As the files are now. */
  present: readonly Session[];
  /** Attempts whose file a later one has replaced, or that is gone, as git keeps them. */
  earlier: readonly Session[];
};

/** Reads all session files, and their earlier versions on the board branch; `taskId` null: of all tasks. */
export async function readSessionHistory(
  { boardRoot, boardRepo }: Pick<Board, "boardRoot" | "boardRepo">,
  taskId: string | null,
): Promise<SessionHistory> {
  const folder = taskId === null ? "sessions" : `sessions/${taskId}`;
  const present = listFiles(boardRoot, folder).flatMap((path) => read(path, bytesOf(join(boardRoot, path))));
  const seen = new Set(present.map(keyOf));
  const earlier: Session[] = [];
  if ((await resolveRef(boardRepo, "HEAD")) === null) return { present, earlier };
  // The newest version of an attempt comes first, and is the one that tells how it ended.
  for (const { path, sha } of await listVersions(boardRepo, { ref: "HEAD", folder })) {
    if (!isTaskFile(path.slice(path.lastIndexOf("/") + 1))) continue;
    const bytes = (await boardRepo.catFile.read(sha))?.bytes ?? null;
    for (const session of read(path, bytes)) {
      if (seen.has(keyOf(session))) continue;
      seen.add(keyOf(session));
      earlier.push(session);
    }
  }
  return { present, earlier };
}

function keyOf({ path, step, attempt, runId }: Session): string {
  return [path, step, attempt, runId].join("\0");
}

function read(path: string, bytes: Uint8Array | null): Session[] {
  if (bytes === null || path.split("/").length < 3) return [];
  const { session } = readSession(path, bytes);
  return session === null ? [] : [session];
}

function listFiles(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return entry.name.startsWith(".") ? [] : listFiles(root, path);
      return isTaskFile(entry.name) ? [path] : [];
    });
  } catch {
    return [];
  }
}

function bytesOf(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

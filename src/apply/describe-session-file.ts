import { basename, join } from "node:path";
import type { Session } from "../board/session.ts";
import { parseSession } from "../board/session-file.ts";
import type { Change } from "../decide/snapshot.ts";
import { readRegularFile } from "./board-file.ts";

/** A session file in words for the commit, with the trailers that make `git log --grep` the history of a task. */
export function describeSessionFile(boardRoot: string, { path, blobSha }: Change) {
  const [, taskId = ""] = path.split("/");
  const name = basename(path, ".md");
  const task = [["Task", taskId]] as const;
  if (blobSha === null) return { subject: `Remove session file ${name} of ${taskId}`, trailers: task };
  const bytes = readRegularFile(join(boardRoot, path));
  const { session } = bytes === null ? { session: null } : parseSession(path, taskId, bytes);
  if (session === null) return { subject: `Record ${name} of ${taskId}`, trailers: task };
  return { subject: `Record ${name} of ${taskId}: ${outcomeOf(session)}`, trailers: [...task, ...trailersOf(session)] };
}

function outcomeOf({ state, verdict, failure }: Session): string {
  if (verdict !== null) return verdict;
  return state === "failed" && failure !== null ? `failed (${failure})` : state;
}

function trailersOf({ persona, slot, costUsd }: Session): (readonly [string, string])[] {
  return [
    ...(persona === null ? [] : [["Persona", persona] as const]),
    ...(slot === null ? [] : [["Slot", slot] as const]),
    ...(costUsd === null ? [] : [["Cost-USD", costUsd.toFixed(2)] as const]),
  ];
}

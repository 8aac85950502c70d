import { parsePullRequest } from "../board/pull-request.ts";
import type { Task } from "../board/task.ts";
import type { TaskView } from "./snapshot.ts";

/** Why an accepted task is left to its pull request; null: it has none. What the forge did only a person's command can tell. */
export function requestReason({ id, task }: TaskView): string | null {
  const request = parsePullRequest(task?.pr ?? null);
  if (request === null) return null;
  if (request.isClosed)
    return "its pull request was closed unmerged: take `pr:` out of its file to have it merged here, or open it again";
  const sync = `kanband pr ${id} --sync`;
  if (request.landedAs === null) return `its pull request is not merged yet: ${sync}`;
  return `its pull request is merged as ${request.landedAs.slice(0, 12)}, but the base does not hold it, or not all of the branch: ${sync}`;
}

/** Where its pull request is, for a person who is to decide; null: it has none. */
export function requestPlace(task: Pick<Task, "pr"> | null): string | null {
  const request = parsePullRequest(task?.pr ?? null);
  return request === null
    ? null
    : `its pull request is ${request.isClosed ? "closed" : request.landedAs === null ? "open" : "merged"}: ${request.url}`;
}

import { lstatSync } from "node:fs";
import { join } from "node:path";
import { type CommitPart, formatCommit } from "../board/commit-message.ts";
import type { Edit } from "../decide/action.ts";
import type { Change } from "../decide/snapshot.ts";
import { KanbandError } from "../errors.ts";
import { blobSha } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import { commitPaths } from "../git/commit-paths.ts";
import { isOfBoard } from "./board-file.ts";
import { describePause, SETTINGS_PATH } from "./describe-pause.ts";
import { describePeople } from "./describe-people.ts";
import { forgetSessions } from "./kept-sessions.ts";
import { ACTION } from "./own-entries.ts";
import { fullRef, type World } from "./world.ts";

export type CommitRequest = {
  /** As in the snapshot: the board branch. */
  boardBranch: string;
  /** The edits of this tick that were applied, with the paths they touched. */
  edits: readonly { edit: Edit; touched: readonly string[] }[];
  /** What people, and the daemon's own session files, changed. */
  changes: readonly Change[];
};

export type CommitOutcome =
  | { state: "committed"; sha: string; blobs: ReadonlyMap<string, string | null> }
  | { state: "nothing" }
  | { state: "skipped"; reason: string };

// Somebody else's git may hold the index for a moment; the next tick tries again.
const PATIENCE_MS = 2_000;

/**
 * One commit of everything that a tick changed and that people changed before it, on the board branch. Files are taken as
 * they are on disk now; a change that is no longer what was seen waits for the next tick. Only paths under `board/` and
 * `sessions/` are ever committed.
 */
export async function applyCommit(world: World, request: CommitRequest): Promise<CommitOutcome> {
  // Each file is looked at once: a tick may have thousands.
  const kinds = new Map(
    request.changes.filter((it) => isOfBoard(it.path)).map(({ path }) => [path, kindAt(world, path)]),
  );
  const changes = request.changes.filter((it) => isStillThere(it, kinds));
  const edits = request.edits.filter(({ touched }) => touched.length > 0);
  const paths = new Set([
    ...edits.flatMap(({ touched }) => touched).filter(isOfBoard),
    ...changes.map(({ path }) => path),
  ]);
  if (paths.size === 0) return { state: "nothing" };
  const touched = new Set(edits.flatMap((it) => it.touched));
  const people = changes.filter(({ path }) => !touched.has(path));
  const message = formatCommit(await describeAll(world, edits, people));
  failpoint("apply.commit.before-commit");
  try {
    const commit = await commitPaths(world.boardRepo, {
      ref: fullRef(request.boardBranch),
      changes: [...paths].map((path) => {
        const kind = touched.has(path) ? kindAt(world, path) : kinds.get(path);
        return kind === "absent" ? { path, sha: null } : { path };
      }),
      message,
      patienceMs: PATIENCE_MS,
      mustBeCheckedOut: true,
    });
    failpoint("apply.commit.after-commit");
    if (commit !== null) forgetSessions(world, commit.blobs);
    return commit === null ? { state: "nothing" } : { state: "committed", ...commit };
  } catch (error) {
    if (!(error instanceof KanbandError) || (error.code !== "GIT_LOCKED" && error.code !== "REF_MOVED")) throw error;
    return { state: "skipped", reason: error.message };
  }
}

// What stops or blocks work is what people look for in the history: it is never the "one more change" of another subject.
async function describeAll(
  world: World,
  edits: CommitRequest["edits"],
  people: readonly Change[],
): Promise<readonly CommitPart[]> {
  const pause = await describePause(world, people);
  const described = describePeople(
    world.boardRoot,
    pause === null ? people : people.filter(({ path }) => path !== SETTINGS_PATH),
    edits.map(({ edit }) => edit.path),
  );
  const own = edits.map(({ edit }) => withAction(edit)).toSorted((a, b) => rankOf(a) - rankOf(b));
  const first = own.filter(({ intent }) => intent === "pause-board");
  return [...first, ...(pause === null ? [] : [pause]), ...own.slice(first.length), ...described];
}

// What tells it from the same move made by a person.
function withAction(edit: Edit): Edit {
  return edit.taskId === null ? edit : { ...edit, trailers: [...edit.trailers, [ACTION, edit.intent]] };
}

function rankOf({ intent }: Edit): number {
  return intent === "pause-board" ? 0 : intent === "block" ? 1 : 2;
}

/** A file that came or went since it was seen is somebody at work: it is looked at anew. */
function isStillThere({ path, blobSha }: Change, kinds: ReadonlyMap<string, Kind>): boolean {
  const kind = kinds.get(path);
  if (blobSha === null) return kind === "absent";
  return kind === "file" || (kind === "empty" && EMPTY_BLOBS.includes(blobSha));
}

type Kind = "file" | "empty" | "absent" | "other";

/** In SHA-1 and in SHA-256. A file that had content and is empty now is being written anew. */
const EMPTY_BLOBS: readonly string[] = (["sha1", "sha256"] as const).map((it) => blobSha(Buffer.alloc(0), it));

// To git a file in whose place there is a folder is gone, too.
function kindAt({ boardRoot }: World, path: string): Kind {
  const stat = lstatSync(join(boardRoot, path), { throwIfNoEntry: false });
  if (stat === undefined || stat.isDirectory()) return "absent";
  if (!stat.isFile()) return "other";
  return stat.size === 0 ? "empty" : "file";
}

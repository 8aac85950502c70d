import { join } from "node:path";
import { KanbandError } from "../errors.ts";
import type { FileDiff } from "../git/branches.ts";
import { changedAt } from "../git/changed-at.ts";
import { foreignIndex } from "../git/clean-index.ts";
import type { Repository } from "../git/repository.ts";
import { readStaged } from "../git/staged.ts";
import { hasStagedNote } from "../git/staged-note.ts";
import { SETTINGS_PATH } from "./board-disk.ts";
import { idOfPath } from "./board-index.ts";
import { kindOfPath } from "./list-board.ts";
import type { RepoReading } from "./repo-state.ts";

/**
 * A checkout or reset writes files, then the index, then HEAD. Between the last two, on a busy machine or while a hook runs, all
 * looks as if somebody had put other files there. For so long after it is first seen, what the index has of a task beside
 * HEAD is taken for that.
 */
const HALF_MS = 3_000;
/** The same of a task that it has nowhere: a removal is what costs most, and what a person is in no hurry for. */
const GONE_MS = 10_000;
const SOON_MS = 200;

/** `seen`: for which index and HEAD this was read. `until`: by what is staged, how long it is waited for HEAD. */
export type StagedPart = { seen: string; until: ReadonlyMap<string, number> };

type Look = { reading: RepoReading; now: number };

/**
 * The same reading, or a busy one while a switch to another commit may be half done. Starts a process where somebody wrote the
 * index.
 */
export async function unlessHalfSwitched(part: StagedPart, repo: Repository, look: Look): Promise<RepoReading> {
  const { reading, now } = look;
  const { head, state } = reading;
  // What a commit of ours staged that was cut short is known to be none of that.
  if (state !== "ready" || head.sha === null || hasStagedNote(repo)) return reading;
  // Our own commits change nothing of what somebody else staged, but for what they take in.
  const seen = `${foreignIndex(repo)} ${part.until.size > 0 ? `${head.indexStamp} ${head.sha}` : ""}`;
  if (part.seen !== seen) {
    const known = part.until;
    // It may be dated ahead of our clock, and written again and again.
    const at = Math.min(now, changedAt(join(repo.gitDir, "index")));
    const staged = (await readStagedOrNone(repo)).filter(isActedUpon);
    part.until = new Map(staged.map((it) => [keyOf(it), known.get(keyOf(it)) ?? at + waitOf(it, staged)]));
    part.seen = `${foreignIndex(repo)} ${part.until.size > 0 ? `${head.indexStamp} ${head.sha}` : ""}`;
  }
  const until = Math.max(0, ...part.until.values());
  if (until <= now) return reading;
  const detail = "another git command has changed the index, and perhaps not HEAD yet";
  return { ...reading, state: "busy", detail, lookAgainAt: Math.min(until, now + SOON_MS) };
}

// Of an index that git cannot read somebody else has to say so.
async function readStagedOrNone(repo: Repository): Promise<readonly FileDiff[]> {
  try {
    return await readStaged(repo, ["board", "sessions"]);
  } catch (error) {
    if (error instanceof KanbandError && error.code === "GIT_FAILED") return [];
    throw error;
  }
}

// What a session says only the daemon writes, and who stages everything stages those, too.
function isActedUpon({ path, status }: FileDiff): boolean {
  return kindOfPath(path) === "task" || path === SETTINGS_PATH || (status === "D" && path.startsWith("sessions/"));
}

function keyOf({ path, status, newSha }: FileDiff): string {
  return `${status} ${newSha} ${path}`;
}

function waitOf({ path, status }: FileDiff, staged: readonly FileDiff[]): number {
  const isElsewhere = staged.some((it) => it.status === "A" && idOfPath(it.path) === idOfPath(path));
  return status === "D" && !isElsewhere ? GONE_MS : HALF_MS;
}

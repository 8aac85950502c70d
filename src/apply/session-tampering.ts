import { lstatSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { editFrontMatter } from "../board/front-matter.ts";
import type { Session } from "../board/session.ts";
import { parseSession } from "../board/session-file.ts";
import { writeFileDurably } from "../files/durable.ts";
import { showFile } from "../git/objects.ts";
import type { RunRecord } from "../process/read-runs.ts";
import { isBoardHere, readRegularFile } from "./board-file.ts";
import { copyAside, placeOfCopy } from "./mended.ts";
import { notePutBack, type PutBack, readPutBack } from "./put-back-note.ts";
import type { RunFacts } from "./run-facts.ts";
import { isUnclaimed } from "./unclaimed-session.ts";
import type { World } from "./world.ts";

/**
 * Puts back session files that were finished and committed before a run began and that changed while it went on, and takes
 * away those that came and that the daemon did not write: only the daemon writes there, and never again into one that is
 * finished. It may have been a person all the same, so nobody is blamed for it: a copy is kept, and the lines that this answers
 * tell where.
 */
export async function putFinishedSessionsBack(world: World, run: RunRecord, facts: RunFacts): Promise<string[]> {
  await putBack(world, run, facts);
  // Those of before, should the daemon have been killed in between.
  const notes = readPutBack(world.runtimeDir, world.clock()).filter(({ runId }) => runId === run.runId);
  return notes.map((it) => describePutBack(world, it));
}

function describePutBack(world: World, { path, copy, isNew }: PutBack): string {
  if (isNew === true) {
    const what = `Taken away: \`${path}\`, which came while this ran without a sandbox, and whose attempt was given to nobody`;
    return `${what}. It is kept in \`${placeOfCopy(world, copy)}\`.`;
  }
  const what = `Put back: \`${path}\`, which changed while this ran without a sandbox, by whomever`;
  return `${what}. What was there is kept in \`${placeOfCopy(world, copy)}\`. Edit finished sessions while no such run goes on.`;
}

async function putBack(world: World, run: RunRecord, facts: RunFacts): Promise<void> {
  const { boardRepo, codeRepo, boardRoot } = world;
  const board = facts.fingerprint?.refs["refs/kanband/board"]?.replace(/^ref: /, "") ?? "";
  const commit = boardRepo.commonDir === codeRepo.commonDir ? facts.fingerprint?.refs[board] : undefined;
  if (commit === undefined || !isBoardHere(world)) return;
  for (const { path, taskId } of await changedSince(boardRoot, facts.startedAt)) {
    const old = await showFile(boardRepo, commit, path);
    const now = readRegularFile(join(boardRoot, path));
    if (now === null) continue;
    const isNew = old === null;
    if (!(isNew ? await isUnclaimed(world, commit, { path, taskId, now }) : isForged({ path, taskId, old, now })))
      continue;
    const copy = copyAside(world, run.runId, join(boardRoot, path));
    if (copy === null) continue;
    const note = { path, copy, taskId: facts.taskId, runId: run.runId, at: world.clock() };
    notePutBack(world.runtimeDir, isNew ? { ...note, isNew } : note);
    if (isNew) rmSync(join(boardRoot, path), { force: true });
    else writeFileDurably(join(boardRoot, path), old);
    world.log.warn({ path, copy, runId: run.runId }, "a session changed or came beside a run, and is as it was");
  }
}

type Change = { path: string; taskId: string; old: Buffer; now: Buffer };

function isForged({ path, taskId, old, now }: Change): boolean {
  const before = parseSession(path, taskId, old).session;
  if (before === null || before.state === "running" || old.equals(now)) return false;
  const after = parseSession(path, taskId, now).session;
  if (after !== null && !isSameRun(before, after)) return false;
  // The one thing that the daemon writes later.
  return editFrontMatter(old.toString("utf8"), [["paused_board", true]]) !== now.toString("utf8");
}

function isSameRun(a: Session, b: Session): boolean {
  return a.runId === b.runId && a.attempt === b.attempt && a.startedAt === b.startedAt;
}

// Others get their turn in between: there is a folder for each task there ever was.
const TURN = 100;

/** Session files written at `since` or later, by a clock that nobody can set back. Paths are relative to the board root. */
async function changedSince(boardRoot: string, since: number): Promise<{ path: string; taskId: string }[]> {
  const found: { path: string; taskId: string }[] = [];
  for (const [index, taskId] of foldersIn(join(boardRoot, "sessions")).entries()) {
    if (index % TURN === TURN - 1) await new Promise((resolve) => setImmediate(resolve));
    for (const entry of readdirSync(join(boardRoot, "sessions", taskId), { withFileTypes: true, recursive: true })) {
      const full = join(entry.parentPath, entry.name);
      const isNew = entry.isFile() && (lstatSync(full, { throwIfNoEntry: false })?.ctimeMs ?? 0) >= since;
      if (isNew && entry.name.endsWith(".md")) found.push({ path: full.slice(boardRoot.length + 1), taskId });
    }
  }
  return found;
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((it) => (it.isDirectory() ? [it.name] : []));
  } catch {
    return [];
  }
}

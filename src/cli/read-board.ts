import { dirname, relative } from "node:path";
import { readPutBack } from "../apply/put-back-note.ts";
import type { Finding } from "../board/finding.ts";
import { readResting } from "../controller/resting-note.ts";
import type { Decision } from "../decide/action.ts";
import { decide } from "../decide/decide.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { observeOnce } from "../observe/observe-once.ts";
import { createObserver } from "../observe/observer.ts";
import type { Board } from "../observe/open-board.ts";
import { sleep } from "./sleep.ts";

export type BoardReading = { snapshot: Snapshot; decision: Decision };

/** So long a command waits for a git that is at work; a lock that stays is said. */
const PATIENCE_MS = 1_000;
const AGAIN_MS = 50;

/**
 * Reads the board once. Writes nothing and needs no daemon: what a daemon would decide is decided here again. In the midst of
 * somebody's git command, the daemon's own most often, it is read again for a second.
 */
export async function readBoard(board: Board): Promise<BoardReading> {
  for (const until = performance.now() + PATIENCE_MS; ; await sleep(AGAIN_MS)) {
    const snapshot = await observeOnce(board, Date.now, readResting(board.runtimeDir, Date.now()));
    if (snapshot.repo.state !== "busy" || performance.now() >= until) return readingOf(board, snapshot);
  }
}

/** Reads the board again and again, as the daemon does; what did not change is not read twice. */
export function createReader(board: Board): () => Promise<BoardReading> {
  const observer = createObserver({ ...board, clock: Date.now });
  return async () => {
    const snapshot = await observer.observe("all", {
      jobs: readResting(board.runtimeDir, Date.now()),
      isDraining: false,
    });
    return readingOf(board, snapshot);
  };
}

function readingOf({ runtimeDir, boardRepo }: Board, seen: Snapshot): BoardReading {
  const findings = readPutBack(runtimeDir, Date.now()).map(({ path, copy, taskId, isNew }): Finding => {
    const place = relative(dirname(boardRepo.commonDir), copy);
    const what = isNew === true ? "came while" : "changed while";
    const after = isNew === true ? "was given to nobody, and is taken away; it" : "is as it was; what was there";
    const message = `${what} ${taskId} ran without a sandbox, and ${after} is kept in ${place}`;
    const hint =
      "Edit finished sessions while no run without a sandbox goes on. Remove the copy, and this is not said again.";
    return { path, line: null, severity: "warning", code: "FILE_CHANGED", message, hint };
  });
  const snapshot = findings.length === 0 ? seen : { ...seen, findings: [...seen.findings, ...findings] };
  return { snapshot, decision: decide(snapshot) };
}

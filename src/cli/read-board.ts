import { readResting } from "../controller/resting-note.ts";
import type { Decision } from "../decide/action.ts";
import { decide } from "../decide/decide.ts";
import type { Snapshot } from "../decide/snapshot.ts";
import { observeOnce } from "../observe/observe-once.ts";
import { createObserver } from "../observe/observer.ts";
import type { Board } from "../observe/open-board.ts";

export type BoardReading = { snapshot: Snapshot; decision: Decision };

/** Reads the board once. Writes nothing and needs no daemon: what a daemon would decide is decided here again. */
export async function readBoard(board: Board): Promise<BoardReading> {
  const snapshot = await observeOnce(board, Date.now, readResting(board.runtimeDir, Date.now()));
  return { snapshot, decision: decide(snapshot) };
}

/** Reads the board again and again, as the daemon does; what did not change is not read twice. */
export function createReader(board: Board): () => Promise<BoardReading> {
  const observer = createObserver({ ...board, clock: Date.now });
  return async () => {
    const snapshot = await observer.observe("all", {
      jobs: readResting(board.runtimeDir, Date.now()),
      isDraining: false,
    });
    return { snapshot, decision: decide(snapshot) };
  };
}

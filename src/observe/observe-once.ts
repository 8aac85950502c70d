import type { JobView, Snapshot } from "../decide/snapshot.ts";
import { createObserver } from "./observer.ts";
import type { Board } from "./open-board.ts";

/**
 * The board as it is now, for commands that show it. Starts no process but to ask which accepted branches are merged, and what of
 * merges is lost where the base was not noted yet, and takes the files as committed as they are: what is not on the board
 * branch yet is the daemon's business. `jobs`: what is known of the daemon's.
 */
export async function observeOnce(board: Board, clock: () => number, jobs: readonly JobView[] = []): Promise<Snapshot> {
  return await createObserver({ ...board, clock, mode: "once" }).observe("all", { jobs, isDraining: false });
}

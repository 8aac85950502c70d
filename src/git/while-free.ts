import { KanbandError } from "../errors.ts";
import { waitForIndex } from "./index-entries.ts";
import { isHeldByMove } from "./move-plan.ts";
import type { GitPlace } from "./profile.ts";
import { lockNamedIn } from "./ref-update.ts";

/** How long a move waits for somebody else's index.lock with nothing held: no command takes longer, an open editor may. */
export const INDEX_PATIENCE_MS = 5000;

/**
 * How long whoever holds a branch waits for an index: git gives up on a branch after 100 ms, and with it on a commit that is
 * written.
 */
export const HELD_PATIENCE_MS = 50;

/**
 * Does what holds a branch, for as long as nobody holds the index of these places: who does, with an editor open, may be about
 * to commit. Where `work` meets such a one it is begun anew, with nothing held in between. Code: GIT_LOCKED, and those of `work`.
 */
export async function whileFree<T>(places: () => readonly GitPlace[], work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + INDEX_PATIENCE_MS;
  for (;;) {
    for (const it of places()) if (!isHeldByMove(it)) await waitForIndex(it, deadline);
    try {
      return await work();
    } catch (error) {
      if (!isIndexHeld(error) || Date.now() > deadline) throw error;
    }
  }
}

function isIndexHeld(error: unknown): boolean {
  if (!(error instanceof KanbandError)) return false;
  const lock = error.code === "GIT_LOCKED" ? error.message : (lockNamedIn(error.message) ?? "");
  return lock.includes("index.lock");
}

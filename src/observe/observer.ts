import type { Snapshot } from "../decide/snapshot.ts";
import { look } from "./look.ts";
import { createObserved, type ObserveExtra, type ObserverOptions } from "./observed.ts";

/** Paths (relative to the board root) to look at again, or everything. A hint narrows the look, never its result. */
export type Hint = { paths: ReadonlySet<string> } | "all";

export type Observer = { observe(hint: Hint, extra: ObserveExtra): Promise<Snapshot> };

/**
 * Reads the world into one snapshot, again and again; what did not change is not read twice. Never writes. A look starts
 * no process when nothing changed. One look at a time.
 */
export function createObserver(options: ObserverOptions): Observer {
  const observed = createObserved(options);
  return { observe: (hint, extra) => look(observed, hint === "all" ? null : hint.paths, extra) };
}

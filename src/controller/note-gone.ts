import { removeFileDurably, writeFileDurably } from "../files/durable.ts";
import { goneNote } from "../observe/gone-note.ts";

/**
 * Leaves the files whose removal is not believed in for whoever only looks, and for the next daemon: once some are back, the
 * rest alone does not show what happened. Not being able to write it must not stop the look: a full disk may be why they are
 * gone.
 */
export function noteGone(runtimeDir: string, gone: ReadonlySet<string>): void {
  try {
    if (gone.size === 0) removeFileDurably(goneNote(runtimeDir));
    else writeFileDurably(goneNote(runtimeDir), [...gone].map((it) => `${it}\0`).join(""), { isSynced: false });
  } catch {
    // The daemon knows, whoever else looks does not.
  }
}

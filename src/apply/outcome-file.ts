import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "../board/session.ts";
import { writeFileDurably } from "../files/durable.ts";
import type { Tampering } from "../git/fingerprint.ts";

/** What a run came to, fixed once its work is safe: from there on everything can be done again and ends the same. */
export type SavedOutcome = {
  session: Session;
  message: string;
  /** Where the branch goes back to, and from where; null: it stays. */
  putBack: { from: string; to: string } | null;
  /** What the run moved outside its branch. */
  undo: readonly Tampering[];
};

const NAME = "outcome.json";

/** The outcome that an interrupted collect has fixed already; null when it did not come so far. */
export function readOutcome(runDir: string): SavedOutcome | null {
  try {
    return JSON.parse(readFileSync(join(runDir, NAME), "utf8")) as SavedOutcome;
  } catch {
    return null;
  }
}

/** Fixes the outcome of a run, durably: `isRepeatable` false, because doing it over would not find what was there before. */
export function saveOutcome(runDir: string, outcome: SavedOutcome, { isRepeatable = false } = {}): void {
  writeFileDurably(join(runDir, NAME), JSON.stringify(outcome), { isSynced: !isRepeatable });
}

import { join } from "node:path";
import type { CommitPart } from "../board/commit-message.ts";
import { parseSettings } from "../config/parse-settings.ts";
import type { Change } from "../decide/snapshot.ts";
import { readBlob } from "../git/objects.ts";
import { readRegularFile } from "./board-file.ts";
import type { World } from "./world.ts";

export const SETTINGS_PATH = "board/board.md";

/** A person's pause, or the end of one, in words for the commit; null when `paused` says what it said before. */
export async function describePause(
  { boardRoot, boardRepo }: World,
  changes: readonly Change[],
): Promise<CommitPart | null> {
  const change = changes.find(({ path }) => path === SETTINGS_PATH);
  if (change === undefined) return null;
  const before = pausedIn(change.headSha === null ? null : await readBlob(boardRepo, change.headSha));
  const after = pausedIn(readRegularFile(join(boardRoot, SETTINGS_PATH)));
  if (before === undefined || after === undefined || before === after) return null;
  const reason = typeof after === "string" && after !== "" ? `: ${after}` : "";
  return { subject: after === false ? "Let the board go on" : `Pause the board${reason}`, trailers: [] };
}

// Undefined: the settings are broken, and whether it is paused is not known.
function pausedIn(bytes: Uint8Array | null): boolean | string | undefined {
  return parseSettings(SETTINGS_PATH, bytes).settings?.paused;
}

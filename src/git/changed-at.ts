import { lstatSync } from "node:fs";
import { dirname, join } from "node:path";
import type { GitPlace } from "./profile.ts";

/** When a file or folder last changed, ms since the epoch; 0 when there is none. */
export function changedAt(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** When something last came into the folder of this path, or left it; a folder that is gone left the one above. */
export function folderChangedAt({ top }: GitPlace, path: string): number {
  let folder = dirname(join(top, path));
  while (folder.length > top.length && changedAt(folder) === 0) folder = dirname(folder);
  return changedAt(folder);
}

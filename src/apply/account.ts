import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { writeFileDurably } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import { readRegularFile } from "./board-file.ts";

/** Writes one of the daemon's own accounts of a task anew, if it changes; `empty` is what one that is not there begins with. */
export function changeAccount(path: string, empty: string, change: (before: string) => string): void {
  const before = readRegularFile(path)?.toString("utf8") ?? empty;
  const after = change(before);
  if (after === before) return;
  failpoint("apply.context.before-write");
  mkdirSync(dirname(path), { recursive: true });
  // Committed, and so synced, with the hand-over of the task.
  writeFileDurably(path, after, { isSynced: false });
  failpoint("apply.context.after-write");
}

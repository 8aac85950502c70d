import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isTaskFile } from "../board/task-file.ts";
import { idOfPath } from "./board-file.ts";

/** The ids of all task files on the board, in whatever lane. */
export function findTaskFiles(boardRoot: string): ReadonlySet<string> {
  const entries = readdirSync(join(boardRoot, "board"), { withFileTypes: true, recursive: true });
  return new Set(entries.filter((it) => it.isFile() && isTaskFile(it.name)).map((it) => idOfPath(it.name)));
}

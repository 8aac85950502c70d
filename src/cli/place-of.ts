import { realpathSync } from "node:fs";
import { join, relative } from "node:path";
import type { Context } from "./context.ts";
import { safe } from "./status/words.ts";

/** Makes of a path of the board one that works where the person stands, safe to show. */
export type PlaceOf = (path: string) => string;

/** Paths as a person who stands in `here` would type them, for a board in `boardRoot`. */
export function placeOf({ here }: Pick<Context, "here">, boardRoot: string): PlaceOf {
  const from = realOf(here);
  const root = realOf(boardRoot);
  return (path) => safe(relative(from, join(root, path)) || ".");
}

function realOf(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

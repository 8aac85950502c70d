import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createFileDurably } from "../files/durable.ts";
import { readBlob } from "../git/objects.ts";
import { isBoardHere, orSkipped } from "./board-file.ts";
import type { World } from "./world.ts";

/**
 * Writes a file of the board from its blob, unless something is there. Answers false where there is no such blob, or where the
 * index is no longer what `indexStamp` says.
 */
export async function writeBack(
  world: World,
  { path, sha, indexStamp }: { path: string; sha: string; indexStamp?: string },
): Promise<boolean> {
  const bytes = await readBlob(world.boardRepo, sha);
  if (bytes === null) return false;
  // A checkout that began meanwhile took the file away, and would find it in its way when it goes back.
  if (!isBoardHere(world, indexStamp)) return false;
  const full = join(world.boardRoot, path);
  await orSkipped(() => {
    mkdirSync(dirname(full), { recursive: true });
    createFileDurably(full, bytes);
  });
  return true;
}

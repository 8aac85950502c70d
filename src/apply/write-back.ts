import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { createFileDurably } from "../files/durable.ts";
import { readHeadNow } from "../git/head.ts";
import { readBlob } from "../git/objects.ts";
import { finalRef } from "../git/refs.ts";
import { BOARD_REF, orSkipped } from "./board-file.ts";
import type { World } from "./world.ts";

/** Writes a file of the board from its blob, unless something is there. Answers false where there is no such blob. */
export async function writeBack(world: World, path: string, sha: string): Promise<boolean> {
  const bytes = await readBlob(world.boardRepo, sha);
  // Somebody may have switched to a branch meanwhile that has no board.
  if (bytes === null || !isBoardOut(world)) return false;
  const full = join(world.boardRoot, path);
  await orSkipped(() => {
    mkdirSync(dirname(full), { recursive: true });
    createFileDurably(full, bytes);
  });
  return true;
}

/** Whether the board branch is checked out, with nobody at work on it. */
export function isBoardOut({ boardRepo }: World): boolean {
  const { ref, operation, isIndexLocked } = readHeadNow(boardRepo);
  return ref === finalRef(boardRepo, BOARD_REF) && operation === null && !isIndexLocked;
}

import { basename, join } from "node:path";
import { LANES } from "../board/lane.ts";
import type { Edit } from "../decide/action.ts";
import { blobSha, editFileDurably } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import { resolveRef } from "../git/head.ts";
import { readBlob, readTree } from "../git/objects.ts";
import { type EditOutcome, readRegularFile } from "./board-file.ts";
import { displacedDirOf, type World } from "./world.ts";

/**
 * Removes the older of two files with one id, once git is seen to keep both: its own bytes as an object, and the other
 * file on the board branch. What an
 * editor saves into it at that moment comes back instead of going.
 */
export async function removeDuplicate(world: World, edit: Edit): Promise<EditOutcome> {
  const path = join(world.boardRoot, edit.path);
  const format = world.boardRepo.objectFormat;
  const bytes = readRegularFile(path);
  if (bytes === null) return { state: "skipped", reason: `${edit.path} is gone` };
  if (edit.expectBlob === null || blobSha(bytes, format) !== edit.expectBlob)
    return { state: "skipped", reason: `${edit.path} changed meanwhile` };
  if ((await readBlob(world.boardRepo, edit.expectBlob)) === null) {
    return { state: "skipped", reason: `${edit.path} is not in git yet` };
  }
  if (!(await isCommittedElsewhere(world, edit.path))) {
    return { state: "skipped", reason: `no other file of ${basename(edit.path)} is committed yet` };
  }
  failpoint("apply.duplicate.before-remove");
  editFileDurably(path, edit.expectBlob, null, displacedDirOf(world));
  failpoint("apply.duplicate.after-remove");
  return { state: "applied", touched: [edit.path] };
}

/** Whether the board branch has a file of that name in some lane but at this path. */
async function isCommittedElsewhere(world: World, path: string): Promise<boolean> {
  const head = await resolveRef(world.boardRepo, "HEAD");
  if (head === null) return false;
  for (const lane of LANES) {
    if (await hasFile(world, head, `board/${lane}`, path)) return true;
  }
  return false;
}

async function hasFile(world: World, treeish: string, folder: string, path: string): Promise<boolean> {
  for (const entry of await readTree(world.boardRepo, treeish, folder)) {
    const entryPath = `${folder}/${entry.name}`;
    if (entry.type === "blob" && entry.name === basename(path) && entryPath !== path) return true;
    if (entry.type === "tree" && (await hasFile(world, treeish, entryPath, path))) return true;
  }
  return false;
}

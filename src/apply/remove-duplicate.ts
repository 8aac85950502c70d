import { basename, join } from "node:path";
import { LANES } from "../board/lane.ts";
import { isSameBesidesOurKeys } from "../board/same-text.ts";
import type { Edit } from "../decide/action.ts";
import { blobSha, editFileDurably } from "../files/durable.ts";
import { failpoint } from "../files/failpoint.ts";
import { resolveRef } from "../git/head.ts";
import { readBlob, readTree } from "../git/objects.ts";
import { type EditOutcome, readRegularFile } from "./board-file.ts";
import { displacedDirOf, type World } from "./world.ts";

/**
 * Removes the older of two files with one id, once git is seen to keep what both say: the other file is on the board
 * branch, and the bytes of this one are an object, or differ from the other file in nothing but keys that are ours. (Our
 * own half of a move that a checkout undid is such a file: nobody ever committed it, and nobody may, beside its twin.)
 * What an editor saves into it at that moment comes back instead of going.
 */
export async function removeDuplicate(world: World, edit: Edit): Promise<EditOutcome> {
  const path = join(world.boardRoot, edit.path);
  const format = world.boardRepo.objectFormat;
  const bytes = readRegularFile(path);
  if (bytes === null) return { state: "skipped", reason: `${edit.path} is gone` };
  if (edit.expectBlob === null || blobSha(bytes, format) !== edit.expectBlob)
    return { state: "skipped", reason: `${edit.path} changed meanwhile` };
  const others = await committedElsewhere(world, edit.path);
  if (others.length === 0)
    return { state: "skipped", reason: `no other file of ${basename(edit.path)} is committed yet` };
  if (!(await saysNothingNew(world, { bytes, blobSha: edit.expectBlob, others }))) {
    return { state: "skipped", reason: `${edit.path} is not in git yet` };
  }
  failpoint("apply.duplicate.before-remove");
  editFileDurably(path, edit.expectBlob, null, displacedDirOf(world));
  failpoint("apply.duplicate.after-remove");
  return { state: "applied", touched: [edit.path] };
}

/** The objects of the files of that name that the board branch has in some lane, but not at this path. */
async function committedElsewhere(world: World, path: string): Promise<readonly string[]> {
  const head = await resolveRef(world.boardRepo, "HEAD");
  if (head === null) return [];
  const found: string[] = [];
  for (const lane of LANES) found.push(...(await filesIn(world, head, `board/${lane}`, path)));
  return found;
}

async function filesIn(world: World, treeish: string, folder: string, path: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readTree(world.boardRepo, treeish, folder)) {
    const entryPath = `${folder}/${entry.name}`;
    if (entry.type === "blob" && entry.name === basename(path) && entryPath !== path) found.push(entry.sha);
    if (entry.type === "tree") found.push(...(await filesIn(world, treeish, entryPath, path)));
  }
  return found;
}

type File = { bytes: Buffer; blobSha: string; others: readonly string[] };

async function saysNothingNew(world: World, { bytes, blobSha: sha, others }: File): Promise<boolean> {
  if ((await readBlob(world.boardRepo, sha)) !== null) return true;
  const text = bytes.toString("utf8");
  for (const other of others) {
    const kept = await readBlob(world.boardRepo, other);
    if (kept !== null && isSameBesidesOurKeys(text, kept.toString("utf8"))) return true;
  }
  return false;
}

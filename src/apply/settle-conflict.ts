import { join } from "node:path";
import { isSameBesidesOurKeys } from "../board/same-text.ts";
import { blobSha, editFileDurably, writeFileDurably } from "../files/durable.ts";
import { readBlob } from "../git/objects.ts";
import type { HeadFile, Stages } from "../git/staged.ts";
import { idOfPath, isBoardHere, orSkipped, readRegularFile } from "./board-file.ts";
import { displacedDirOf, type World } from "./world.ts";

/** A path with a conflict in the index, and everything that is committed. */
export type Conflict = Stages & { path: string; committed: ReadonlyMap<string, HeadFile> };

/**
 * Settles a conflict with what is committed, where nothing that a person wrote is at stake: in a session file, which only the
 * daemon writes, and in a task whose two sides say the same apart from the daemon's keys. What the stash has of it stays in
 * the stash, which git keeps when there was a conflict. Answers whether the file changed; all others are left to people.
 */
export async function settleConflict(world: World, conflict: Conflict): Promise<boolean> {
  const { path, committed } = conflict;
  const full = join(world.boardRoot, path);
  const now = readRegularFile(full);
  if (now === null) return false;
  const sha = committed.get(path)?.sha ?? null;
  const nowSha = blobSha(now, world.boardRepo.objectFormat);
  if (nowSha === sha) return false;
  const wanted = sha === null ? null : await readBlob(world.boardRepo, sha);
  if (!isBoardHere(world)) return false;
  if (path.startsWith("sessions/")) {
    if (wanted !== null) writeFileDurably(full, wanted);
    return wanted !== null;
  }
  const ours = wanted ?? (await committedElsewhere(world, conflict));
  if (ours === null || !(await isNothingLost(world, conflict, ours, now))) return false;
  await orSkipped(() => editFileDurably(full, nowSha, wanted, displacedDirOf(world)));
  return true;
}

/** Everything that stands in the file or on the other side is in ours, too. */
async function isNothingLost(world: World, { theirs }: Conflict, ours: Buffer, now: Buffer): Promise<boolean> {
  const other = theirs === null ? null : await readBlob(world.boardRepo, theirs);
  const text = ours.toString("utf8");
  if (isSameBesidesOurKeys(now.toString("utf8"), text)) return true;
  const isMerged = /^<{7} .*$[^]*^>{7} /m.test(now.toString("utf8"));
  return isMerged && other !== null && isSameBesidesOurKeys(other.toString("utf8"), text);
}

async function committedElsewhere(world: World, { path, committed }: Conflict): Promise<Buffer | null> {
  const id = idOfPath(path);
  const other = [...committed].find(([it]) => it !== path && it.startsWith("board/") && idOfPath(it) === id);
  return other === undefined ? null : await readBlob(world.boardRepo, other[1].sha);
}

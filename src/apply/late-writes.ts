import { type LateWrite, recoverLateWrites, WATCH_MS, watchedFolders } from "../git/late-writes.ts";
import { untilNoneIsOpenIn } from "../process/open-files.ts";
import type { World } from "./world.ts";

/** How long after a merge what is written into the files that it replaced is kept, in milliseconds. */
export const LATE_WRITES_MS = WATCH_MS;

/** Puts back what was written into files while merges replaced them, and says so. Throws nothing. */
export async function giveBackLateWrites(world: World): Promise<LateWrite[]> {
  return await giveBack(world, { isLast: false });
}

/**
 * The same before nobody looks any more: at once, unless somebody has such a file open; then that is waited for, as long as it
 * is watched.
 */
export async function giveBackLast(world: World): Promise<LateWrite[]> {
  return await giveBack(world, { isLast: true });
}

async function giveBack({ codeRepo, log }: World, how: { isLast: boolean }): Promise<LateWrite[]> {
  try {
    if (how.isLast) await untilNoneIsOpenIn(watchedFolders(codeRepo), WATCH_MS);
    const late = await recoverLateWrites(codeRepo, how);
    for (const it of late) log.warn({ path: it.path, keptAt: it.keptAt, err: it.failure }, describeLate(it));
    return late;
  } catch (error) {
    log.warn({ err: error }, "what was written into a file while a merge replaced it is not looked at yet");
    return [];
  }
}

/** What became of it, in words. */
export function describeLate({ keptAt, failure }: LateWrite): string {
  const where = keptAt === null ? "is in its place again" : "lost its place and is kept";
  const what = "what was written into a file while a merge replaced it";
  return failure === undefined ? `${what} ${where}` : `${what} is not put back yet`;
}

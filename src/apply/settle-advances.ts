import { followLatecomers } from "../git/latecomers.ts";
import { settleAdvances } from "../git/settle-advances.ts";
import { giveBackLateWrites } from "./late-writes.ts";
import { settleUndos } from "./undo-note.ts";
import type { World } from "./world.ts";

/**
 * Takes what a move of the base that was cut short left in checkouts back out of them, says which files had to stay, and
 * settles undos.
 */
export async function settleBase(world: World): Promise<void> {
  const { codeRepo, log } = world;
  for (const { note, left, busy, failure } of await settleAdvances(codeRepo)) {
    if (failure !== null) {
      // The next look does the same; a merge until then, too.
      log.warn({ ref: note.ref, err: failure }, "a move of the base that was cut short is not taken back yet");
      continue;
    }
    log.info({ ref: note.ref, from: note.from, to: note.to, busy }, "a move of the base was cut short");
    if (left.length > 0) log.warn({ files: left }, "changed since then, so left in the checkout as they are");
  }
  await giveBackLateWrites(world);
  await settleUndos(world);
}

/**
 * Takes along who came to the base with its old files, after they were at work for longer than a move of it waits. Answers
 * whether somebody still is. Throws nothing.
 */
export async function takeLatecomersAlong({ codeRepo, log }: World): Promise<boolean> {
  try {
    return await followLatecomers(codeRepo);
  } catch (error) {
    log.warn({ err: error }, "a checkout that came late to the base is not taken along yet");
    return false;
  }
}
